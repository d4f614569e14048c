package io.daybook.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublisher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.scheduler.Schedulers;

/**
 * Publishes events to a topic or queue of Azure Service Bus. The events of one stream go out one batch after the other, so
 * that their order is kept over batches, failures and retries; several streams go out side by side. What a message looks
 * like is in {@link EventMessages}.
 *
 * <pre>{@code
 * try (ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic("order-events",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString)).build()) {
 *     EventRelay relay = EventRelay.builder(feed, publisher).start();
 * }
 * }</pre>
 *
 * <p>Failures that pass are retried with pauses that grow, within {@link ServiceBusEventPublisher.Builder#timeout Builder.timeout}. An event that was sent and not
 * acknowledged is sent again: it may arrive twice, under the same message id, which duplicate detection of the entity
 * removes. The client is replaced after each failure whose outcome is unknown, since the SDK may transmit what it reported as
 * failed later, and a link that was never answered stays so.
 *
 * <p>Safe for use by many threads.
 */
public final class ServiceBusEventPublisher implements EventPublisher, AutoCloseable {

    private final SharedClient<ServiceBusSenderAsyncClient> senders;
    private final BrokerProbe<ServiceBusSenderAsyncClient> probe;
    private final int maxBatchBytes;
    private final int parallelStreams;
    private final Duration timeout;
    private final Duration sendTimeout;

    private ServiceBusEventPublisher(Builder builder) {
        Duration sendTimeout = builder.sendTimeout; // as it is now, whatever becomes of the builder
        this.senders = new SharedClient<>(builder.entity, () -> builder.sender(sendTimeout));
        this.probe = new BrokerProbe<>(
                builder.entity,
                () -> builder.sender(BrokerProbe.TIMEOUT),
                ServiceBusSenderAsyncClient::createMessageBatch);
        this.sendTimeout = builder.sendTimeout;
        this.maxBatchBytes = builder.maxBatchBytes;
        this.parallelStreams = builder.parallelStreams;
        this.timeout = builder.timeout;
    }

    /**
     * Starts a publisher to a topic.
     *
     * @param topic the name of the topic
     * @param clients makes a builder with the connection string or the credential; called for each client that is needed, so
     *     it must make a new one each time. The publisher sets the retry options itself
     * @return a builder
     */
    public static Builder toTopic(String topic, Supplier<ServiceBusClientBuilder> clients) {
        return new Builder(topic, true, clients);
    }

    /**
     * Starts a publisher to a queue.
     *
     * @param queue the name of the queue
     * @param clients as for {@link #toTopic toTopic}
     * @return a builder
     */
    public static Builder toQueue(String queue, Supplier<ServiceBusClientBuilder> clients) {
        return new Builder(queue, false, clients);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if an event was not read from a store
     * @throws IllegalStateException if the publisher is closed, or the calling thread is one of Reactor's that must not block; nothing
     *     is sent then
     */
    @Override
    public void publish(List<EventEnvelope> events) {
        if (Schedulers
                .isInNonBlockingThread()) { // it would send the messages, and not be allowed to wait for the answer
            throw new IllegalStateException(
                    "publish blocks and was called on the thread "
                            + Thread.currentThread().getName()
                            + ", on which Reactor does not allow that: call it on Schedulers.boundedElastic() or a thread of your own");
        }
        Map<String, StreamSending> streams = new LinkedHashMap<>();
        for (EventEnvelope event : events) {
            streams.computeIfAbsent(EventMessages.stream(event.metadata()), stream -> new StreamSending(maxBatchBytes))
                    .add(event);
        }
        new Publication(senders, List.copyOf(streams.values()), parallelStreams, timeout, sendTimeout).run();
    }

    /**
     * {@inheritDoc}
     *
     * <p>It opens a sender's link on a connection of its own, whether or not events are being published. An answer is believed
     * for 5 seconds.
     */
    @Override
    public String unavailableReason() {
        return probe.unavailableReason();
    }

    /** Closes the connections. A publication under way fails, and says what is known of its events. */
    @Override
    public void close() {
        probe.close();
        senders.close();
    }

    /** Collects the options of a {@link ServiceBusEventPublisher}. Not safe for use by several threads. */
    public static final class Builder {

        private static final int STANDARD_LIMIT = 256 * 1024;
        private static final Duration LONGEST = Duration.ofDays(1);

        private final String entity;
        private final boolean topic;
        private final Supplier<ServiceBusClientBuilder> clients;
        private int maxBatchBytes = STANDARD_LIMIT;
        private int parallelStreams = 8;
        private Duration timeout = Duration.ofSeconds(30);
        private Duration sendTimeout = Duration.ofSeconds(10);

        private Builder(String entity, boolean topic, Supplier<ServiceBusClientBuilder> clients) {
            this.entity = Objects.requireNonNull(entity, "entity");
            this.topic = topic;
            this.clients = Objects.requireNonNull(clients, "clients");
        }

        /**
         * Sets how large a batch may be. A single event that does not fit is tried with what the entity allows.
         *
         * @param maxBatchBytes 64 KiB to 1 MiB; 256 KiB unless set, which every tier takes
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder maxBatchBytes(int maxBatchBytes) {
            if (maxBatchBytes < 64 * 1024 || maxBatchBytes > 1024 * 1024) {
                throw new IllegalArgumentException("batches of " + maxBatchBytes + " bytes: use 65536 to 1048576");
            }
            this.maxBatchBytes = maxBatchBytes;
            return this;
        }

        /**
         * Sets how many streams are sent side by side.
         *
         * @param parallelStreams 1 to 100; 8 unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder parallelStreams(int parallelStreams) {
            if (parallelStreams < 1 || parallelStreams > 100) {
                throw new IllegalArgumentException(parallelStreams + " streams side by side: use 1 to 100");
            }
            this.parallelStreams = parallelStreams;
            return this;
        }

        /**
         * Sets how long a publication may take, all its retries together.
         *
         * @param timeout more than zero, at most a day; 30 seconds unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a timeout of " + timeout + ": use more than zero, at most a day");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets how long to wait for the broker's acknowledgement of a batch.
         *
         * @param sendTimeout 1 second to a day; 10 seconds unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder sendTimeout(Duration sendTimeout) {
            if (sendTimeout.compareTo(Duration.ofSeconds(1)) < 0 || sendTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a send timeout of " + sendTimeout + ": use 1 second to a day");
            }
            this.sendTimeout = sendTimeout;
            return this;
        }

        private ServiceBusSenderAsyncClient sender(Duration timeout) {
            // The SDK's own retries take 4 seconds each and may send what it reported as failed; ours know the order.
            AmqpRetryOptions retries = new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(timeout);
            ServiceBusClientBuilder.ServiceBusSenderClientBuilder sender =
                    clients.get().retryOptions(retries).sender();
            return (topic ? sender.topicName(entity) : sender.queueName(entity)).buildAsyncClient();
        }

        /**
         * Creates the publisher. It connects with the first event.
         *
         * @return the publisher, to be closed
         */
        public ServiceBusEventPublisher build() {
            return new ServiceBusEventPublisher(this);
        }
    }
}
