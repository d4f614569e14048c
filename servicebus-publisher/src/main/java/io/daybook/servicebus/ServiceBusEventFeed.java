package io.daybook.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import com.azure.messaging.servicebus.models.SubQueue;
import io.daybook.event.EventEnvelope;
import io.daybook.event.TextRules;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.StreamParking;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Hands on the events that arrive over Azure Service Bus: the other end of {@link ServiceBusEventPublisher}, for services that
 * do not see the event store. The name of a subscription is that of the topic's subscription, which must exist.
 *
 * <pre>{@code
 * EventFeed feed = ServiceBusEventFeed.fromTopic("order-events",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString), serializer).build();
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * billing.close(); // when the application stops
 * }</pre>
 *
 * <p>A message is completed after the handler has returned. A handler that throws gets the same event again after a pause that
 * grows up to 10 seconds, while the lock is renewed, and nothing of that stream before; {@link Subscription#status} says which
 * event it is. So a failure that passes, such as a database that is away, needs no care. Where an event must not hold up its
 * stream for ever, see {@link ServiceBusEventFeed.Builder#deadLetterAfter Builder.deadLetterAfter}.
 *
 * <p>It differs from a feed that reads the event store: it begins where the topic's subscription begins, whatever the start
 * position; the events of one append may come in several calls; the lag is not known, which the status tells as -1; and a lost
 * lock makes events come again. {@link io.daybook.subscription.IdempotentEventHandler} leaves those out.
 *
 * <p>The topic's subscription needs sessions, so that the events of one stream come in order and one call at a time, over all
 * instances that share the subscription; without them see {@link ServiceBusEventFeed.Builder#withoutSessions Builder.withoutSessions}. Safe for use by many threads.
 */
public final class ServiceBusEventFeed implements EventFeed {

    private static final int MAX_SUBSCRIPTION_NAME = 50;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final Builder options;

    private ServiceBusEventFeed(Builder options) {
        this.options = options;
    }

    /**
     * Starts a feed of the events that a topic gets.
     *
     * @param topic the name of the topic
     * @param clients makes a builder with the connection string or the credential; called for each connection, so it must make a
     *     new one each time
     * @param decoder makes events of JSON, a serializer; upcasts what is older than the program
     * @return a builder
     */
    public static Builder fromTopic(
            String topic, Supplier<ServiceBusClientBuilder> clients, EventEnvelope.Decoder decoder) {
        return new Builder(topic, true, clients, decoder);
    }

    /**
     * Starts a feed of the events that a queue gets. The names of its subscriptions are for logs only: all of them take from
     * the one queue.
     *
     * @param queue the name of the queue
     * @param clients as for {@link #fromTopic fromTopic}
     * @param decoder as for {@link #fromTopic fromTopic}
     * @return a builder
     */
    public static Builder fromQueue(
            String queue, Supplier<ServiceBusClientBuilder> clients, EventEnvelope.Decoder decoder) {
        return new Builder(queue, false, clients, decoder);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Returns before the broker has answered: a subscription that does not exist, or may not be read, shows in the status.
     *
     * @param name the name of the topic's subscription, at most 50 characters; of a queue, at most 128
     * @param options the start position has no effect: the topic's subscription holds what came since it was created
     * @throws IllegalArgumentException if Azure Service Bus cannot have a subscription of that name, or the failure policy parks streams and
     *     the feed has no sessions or {@link ServiceBusEventFeed.Builder#deadLetterAfter Builder.deadLetterAfter} is set
     */
    @Override
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
        TextRules.requireId("the subscription name", name);
        if (this.options.topic && name.length() > MAX_SUBSCRIPTION_NAME) {
            throw new IllegalArgumentException(
                    "the subscription name has " + name.length() + " characters, but Azure Service Bus allows "
                            + MAX_SUBSCRIPTION_NAME + ": use the name of the topic's subscription");
        }
        return this.options.subscription(name, options.failurePolicy(), handler);
    }

    /**
     * Refused, since the broker keeps the progress.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void forget(String name) {
        throw new UnsupportedOperationException(
                "the progress and the parked streams of " + name + " are kept by Service Bus: delete the topic's"
                        + " subscription and create it again, or receive and complete its messages and dead letters");
    }

    /** Collects the options of a {@link ServiceBusEventFeed}. Not safe for use by several threads. */
    public static final class Builder {

        private final String entity;
        private final boolean topic;
        private final Supplier<ServiceBusClientBuilder> clients;
        private final EventEnvelope.Decoder decoder;
        private boolean sessions = true;
        private int parallelSessions = 8;
        private int callEvents = 32;
        private int deadLetterAfter = Integer.MAX_VALUE;

        private Builder(
                String entity,
                boolean topic,
                Supplier<ServiceBusClientBuilder> clients,
                EventEnvelope.Decoder decoder) {
            this.entity = Objects.requireNonNull(entity, "entity");
            this.topic = topic;
            this.clients = Objects.requireNonNull(clients, "clients");
            this.decoder = Objects.requireNonNull(decoder, "decoder");
        }

        /**
         * Sets how many sessions, which are streams, are handled in parallel. Each takes a thread, and each 200 take a connection.
         *
         * @param parallelSessions 1 to 256; 8 unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder parallelSessions(int parallelSessions) {
            if (parallelSessions < 1 || parallelSessions > 256) {
                throw new IllegalArgumentException("parallelSessions is " + parallelSessions + ": use 1 to 256");
            }
            this.parallelSessions = parallelSessions;
            return this;
        }

        /**
         * Sets how many events of a stream a call of the handler gets at most. After a failure they come one at a time.
         *
         * @param callEvents 1 to 1,000; 32 unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder callEvents(int callEvents) {
            if (callEvents < 1 || callEvents > 1_000) {
                throw new IllegalArgumentException(callEvents + " events a call: use 1 to 1000");
            }
            this.callEvents = callEvents;
            return this;
        }

        /**
         * Moves an event to the dead-letter queue, with the reason, when the handler has failed on it that often. The stream
         * then goes on without it, so its consumer sees a gap. Unless this is set nothing is moved.
         *
         * @param failures 1 or more; 10 takes about ten seconds
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder deadLetterAfter(int failures) {
            if (failures < 1) {
                throw new IllegalArgumentException("dead-lettering after " + failures + " failures: use 1 or more");
            }
            this.deadLetterAfter = failures;
            return this;
        }

        /**
         * Takes from a subscription or queue that has no sessions. One event is handled at a time, in the order in which
         * they arrive; when several instances take from it, the order of a stream is not kept.
         *
         * @return this builder
         */
        public Builder withoutSessions() {
            this.sessions = false;
            return this;
        }

        /**
         * Creates the feed. It connects with the first subscription, each of which has a connection of its own.
         *
         * @return the feed
         */
        public ServiceBusEventFeed build() {
            Builder copy = new Builder(entity, topic, clients, decoder);
            copy.sessions = sessions;
            copy.parallelSessions = parallelSessions;
            copy.callEvents = callEvents;
            copy.deadLetterAfter = deadLetterAfter;
            return new ServiceBusEventFeed(copy); // which may be altered no more
        }

        private Subscription subscription(String name, FailurePolicy policy, EventHandler handler) {
            if (policy.parks() && !sessions) {
                throw new IllegalArgumentException("streams cannot be parked without sessions:"
                        + " use a subscription with sessions, or FailurePolicy.retryForever()");
            }
            if (policy.parks() && deadLetterAfter < Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "deadLetterAfter and a policy that parks streams are both set: set only one");
            }
            int threads = sessions ? parallelSessions : 1;
            Scheduler scheduler = Schedulers.newBoundedElastic(
                    threads + 2, Integer.MAX_VALUE, "daybook-" + name + "-broker", 60, true);
            String source = topic ? entity + "/" + name : entity;
            OpenSessions openSessions = new OpenSessions();
            MessageSource messages;
            DeliveryLoop loop;
            if (sessions) {
                SessionSource ofSessions =
                        new SessionSource(source, callEvents, scheduler, () -> sessionReceiver(name));
                StreamParking parking = new SessionParking(
                        name,
                        ofSessions,
                        openSessions,
                        decoder,
                        () -> new DeadLetters(source, deadLetterReceiver(name), scheduler));
                messages = ofSessions;
                loop = DeliveryLoop.parking(name, policy, handler, parking, Clock.systemUTC());
            } else {
                messages = new EntitySource(source, 1, scheduler, () -> receiver(clients.get(), name));
                loop = DeliveryLoop.of(name, policy, handler);
            }
            return new ServiceBusSubscription(
                    name,
                    messages,
                    loop,
                    () -> new ReceiveLoop(name, messages, decoder, loop, openSessions, deadLetterAfter),
                    threads,
                    () -> probe(name),
                    scheduler);
        }

        private ServiceBusSessionReceiverAsyncClient sessionReceiver(String subscription) {
            // What is not answered within it holds up its lane once when it is waited for, and again when the link is
            // closed.
            AmqpRetryOptions retries = new AmqpRetryOptions().setTryTimeout(ANSWER_TIMEOUT);
            ServiceBusClientBuilder.ServiceBusSessionReceiverClientBuilder receiver = clients.get()
                    .retryOptions(retries)
                    .sessionReceiver()
                    .disableAutoComplete()
                    .maxAutoLockRenewDuration(Duration.ZERO);
            return (topic ? receiver.topicName(entity).subscriptionName(subscription) : receiver.queueName(entity))
                    .buildAsyncClient();
        }

        private ServiceBusReceiverAsyncClient receiver(ServiceBusClientBuilder client, String subscription) {
            return receiver(client, subscription, SubQueue.NONE);
        }

        private ServiceBusReceiverAsyncClient deadLetterReceiver(String subscription) {
            return receiver(clients.get(), subscription, SubQueue.DEAD_LETTER_QUEUE);
        }

        private ServiceBusReceiverAsyncClient receiver(
                ServiceBusClientBuilder client, String subscription, SubQueue queue) {
            ServiceBusClientBuilder.ServiceBusReceiverClientBuilder receiver = client.receiver()
                    .disableAutoComplete()
                    .maxAutoLockRenewDuration(Duration.ZERO)
                    .subQueue(queue);
            return (topic ? receiver.topicName(entity).subscriptionName(subscription) : receiver.queueName(entity))
                    .buildAsyncClient();
        }

        private ServiceBusReceiverAsyncClient probe(String subscription) {
            AmqpRetryOptions once = new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(BrokerProbe.TIMEOUT);
            return receiver(clients.get().retryOptions(once), subscription);
        }
    }
}
