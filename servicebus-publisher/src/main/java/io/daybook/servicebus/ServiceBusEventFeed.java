package io.daybook.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
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
 * A feed of events that arrive over Azure Service Bus, for services that cannot read the event store. The feed is the
 * counterpart of {@link ServiceBusEventPublisher}. The name of a subscription is the name of the topic's subscription,
 * which must exist.
 *
 * <pre>{@code
 * EventFeed feed = ServiceBusEventFeed.fromTopic("order-events",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString), serializer).build();
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * billing.close(); // when the application stops
 * }</pre>
 *
 * <p>A message is completed when the handler has returned. If the handler throws, the same event is redelivered with
 * exponential backoff of up to 10 seconds while the lock is renewed, and no later event of its stream is delivered.
 * {@link Subscription#status} names the event. If a failing event must not block its stream forever, park the stream
 * with a {@link FailurePolicy}. The stream's events then wait in the dead-letter queue, in order, until
 * {@link Subscription#retryParked} is called. {@link ServiceBusEventFeed.Builder#deadLetterAfter
 * Builder.deadLetterAfter} skips the event instead and leaves a gap.
 *
 * <p>This feed differs from one that reads the event store. It starts where the topic's subscription starts, regardless
 * of the start position. The events of one append may arrive in several calls. The lag is unknown, so the status shows
 * -1. A lost lock causes redeliveries, which {@link io.daybook.subscription.IdempotentEventHandler} skips.
 *
 * <p>The topic's subscription needs sessions, so that the events of a stream are delivered in order, one call at a
 * time, across all instances. For entities without sessions, see
 * {@link ServiceBusEventFeed.Builder#withoutSessions Builder.withoutSessions}.
 *
 * <p>Thread-safe.
 */
public final class ServiceBusEventFeed implements EventFeed {

    private static final int MAX_SUBSCRIPTION_NAME = 50;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final Builder options;

    private ServiceBusEventFeed(Builder options) {
        this.options = options;
    }

    /**
     * Returns a builder of a feed that receives from a topic.
     *
     * @param topic the name of the topic
     * @param clients creates a new builder with the connection string or the credential; called for each connection
     * @param decoder decodes events, such as a serializer; upcasts events of older versions
     * @return a builder
     */
    public static Builder fromTopic(
            String topic, Supplier<ServiceBusClientBuilder> clients, EventEnvelope.Decoder decoder) {
        return new Builder(topic, true, clients, decoder);
    }

    /**
     * Returns a builder of a feed that receives from a queue. The names of subscriptions are used only in logs, because
     * all subscriptions receive from the queue.
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
     * <p>Returns before the broker has responded. If the topic's subscription does not exist, or the credential lacks
     * the permission to read it, the status reports this.
     *
     * @param name the name of the topic's subscription, at most 50 characters; for a queue, any name of at most 128
     *     characters
     * @param options the start position has no effect: the topic's subscription contains the events published since it was created
     * @throws IllegalArgumentException if Azure Service Bus does not allow the name, or if the failure policy parks
     *     streams even though the feed has no sessions or {@link ServiceBusEventFeed.Builder#deadLetterAfter
     *     Builder.deadLetterAfter} is set
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
     * Always throws an exception, because the broker stores the progress.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void forget(String name) {
        throw new UnsupportedOperationException(
                "the progress and the parked streams of " + name + " are kept by Service Bus: receive and complete the"
                        + " messages and dead letters, or delete and recreate the topic's subscription or the queue");
    }

    /** A builder of {@link ServiceBusEventFeed}. Not thread-safe. */
    public static final class Builder {

        private final String entity;
        private final boolean topic;
        private final Supplier<ServiceBusClientBuilder> clients;
        private final EventEnvelope.Decoder decoder;
        private boolean sessions = true;
        private int parallelSessions = 8;
        private int eventsPerDelivery = 32;
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
         * Sets the number of sessions that are handled in parallel. Each session is a stream. Each session needs a
         * thread, and every 200 sessions need a connection.
         *
         * @param parallelSessions 1 to 256; 8 by default
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
         * Sets the maximum number of events of a stream in one call of the handler. After a failure, events are
         * delivered one at a time.
         *
         * @param eventsPerDelivery 1 to 1,000; 32 by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder eventsPerDelivery(int eventsPerDelivery) {
            if (eventsPerDelivery < 1 || eventsPerDelivery > 1_000) {
                throw new IllegalArgumentException("eventsPerDelivery is " + eventsPerDelivery + ": use 1 to 1000");
            }
            this.eventsPerDelivery = eventsPerDelivery;
            return this;
        }

        /**
         * Moves an event to the dead-letter queue, with the reason {@code HandlerFailed}, after the handler has failed
         * a given number of times. The stream continues without that event, so consumers see a gap. By default, no
         * event is moved. To keep the order, park the stream instead.
         *
         * @param failures the number of failures, 1 or more; 10 failures take about ten seconds
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder deadLetterAfter(int failures) {
            if (failures < 1) {
                throw new IllegalArgumentException("deadLetterAfter is " + failures + ": use 1 or more");
            }
            this.deadLetterAfter = failures;
            return this;
        }

        /**
         * Receives from a subscription or queue without sessions. One event is handled at a time, in the order of
         * arrival. If several instances receive from the same entity, the order of a stream is not preserved.
         *
         * @return this builder
         */
        public Builder withoutSessions() {
            this.sessions = false;
            return this;
        }

        /**
         * Creates the feed. Each subscription has its own connections, which are created when it starts.
         *
         * @return the feed
         */
        public ServiceBusEventFeed build() {
            Builder copy = new Builder(entity, topic, clients, decoder);
            copy.sessions = sessions;
            copy.parallelSessions = parallelSessions;
            copy.eventsPerDelivery = eventsPerDelivery;
            copy.deadLetterAfter = deadLetterAfter;
            return new ServiceBusEventFeed(copy); // later changes to the builder have no effect on it
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
                        new SessionSource(source, eventsPerDelivery, scheduler, () -> connection(name));
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

        private SessionSource.Connection connection(String subscription) {
            // An unanswered request blocks its thread for this time, and again when the link is closed.
            ServiceBusClientBuilder client =
                    clients.get().retryOptions(new AmqpRetryOptions().setTryTimeout(ANSWER_TIMEOUT));
            ServiceBusClientBuilder.ServiceBusSessionReceiverClientBuilder sessions =
                    client.sessionReceiver().disableAutoComplete().maxAutoLockRenewDuration(Duration.ZERO);
            return new SessionSource.Connection(
                    (topic ? sessions.topicName(entity).subscriptionName(subscription) : sessions.queueName(entity))
                            .buildAsyncClient(),
                    receiver(client, subscription)); // clients of one builder share its connection
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
