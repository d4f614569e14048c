package io.daybook.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.subscription.DeletedStream;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * A publisher of events to a topic or queue of Azure Service Bus. The batches of one stream are sent one after the
 * other, so their order is preserved across failures and retries. Several streams are sent in parallel.
 * {@link EventMessages} defines the format of a message.
 *
 * <pre>{@code
 * ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic("order-events",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString)).build();
 * EventRelay relay = EventRelay.builder(feed, publisher).name("orders").start();
 *
 * // when the application stops
 * relay.close();
 * publisher.close();
 * }</pre>
 *
 * <p>Transient failures are retried with exponential backoff within {@link ServiceBusEventPublisher.Builder#timeout
 * Builder.timeout}. An event that was sent but not acknowledged is sent again, so it may arrive twice with the same
 * message id. Duplicate detection of the topic or queue removes the second copy. The client is replaced after each
 * failure with an unknown outcome, because the SDK may later transmit a message that it reported as failed, and a link
 * that got no response remains unusable.
 *
 * <p>Thread-safe.
 */
public final class ServiceBusEventPublisher implements EventPublisher, AutoCloseable {

    private final SharedClient<ServiceBusSenderAsyncClient> senders;
    private final BrokerProbe<ServiceBusSenderAsyncClient> probe;
    private final int maxBatchBytes;
    private final int parallelStreams;
    private final Duration timeout;
    private final Duration sendTimeout;
    private final @Nullable URI cloudEvents;

    private ServiceBusEventPublisher(Builder builder) {
        Duration sendTimeout = builder.sendTimeout; // later changes to the builder have no effect
        this.senders = new SharedClient<>(builder.entity, () -> builder.sender(sendTimeout));
        this.probe = new BrokerProbe<>(
                builder.entity,
                () -> builder.sender(BrokerProbe.TIMEOUT),
                ServiceBusSenderAsyncClient::createMessageBatch);
        this.sendTimeout = builder.sendTimeout;
        this.maxBatchBytes = builder.maxBatchBytes;
        this.parallelStreams = builder.parallelStreams;
        this.timeout = builder.timeout;
        this.cloudEvents = builder.cloudEvents;
    }

    /**
     * Returns a builder of a publisher to a topic.
     *
     * @param topic the name of the topic
     * @param clients creates a new builder with the connection string or the credential; called for each client. The
     *     publisher sets its own retry options
     * @return a builder
     */
    public static Builder toTopic(String topic, Supplier<ServiceBusClientBuilder> clients) {
        return new Builder(topic, true, clients);
    }

    /**
     * Returns a builder of a publisher to a queue.
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
     * @throws IllegalStateException if the publisher is closed, or if the calling thread is a Reactor thread that must
     *     not block. Nothing is sent
     */
    @Override
    public void publish(List<EventEnvelope> events) {
        requireMayBlock();
        Map<String, StreamSender> streams = new LinkedHashMap<>();
        for (EventEnvelope event : events) {
            String stream = StreamId.of(
                            event.metadata().aggregateType(), event.metadata().aggregateId())
                    .toString();
            streams.computeIfAbsent(stream, unseen -> new StreamSender(maxBatchBytes, cloudEvents))
                    .add(event);
        }
        send(List.copyOf(streams.values()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the publisher is closed, or if the calling thread is a Reactor thread that must
     *     not block. Nothing is sent
     */
    @Override
    public void publishDeletion(StreamId stream, long version) {
        requireMayBlock();
        StreamSender sender = new StreamSender(maxBatchBytes, cloudEvents);
        sender.add(new DeletedStream(stream, version));
        send(List.of(sender));
    }

    private static void requireMayBlock() {
        if (Schedulers.isInNonBlockingThread()) { // the thread could send the messages, but not wait for the answer
            throw new IllegalStateException("publish blocks, but was called on the thread "
                    + Thread.currentThread().getName()
                    + ", which must not block: call it on Schedulers.boundedElastic() or your own thread");
        }
    }

    private void send(List<StreamSender> streams) {
        new PublishCall(senders, streams, parallelStreams, timeout, sendTimeout).run();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Opens a link on a separate connection, even while events are being published. The result is cached for 5
     * seconds.
     */
    @Override
    public String unavailableReason() {
        return probe.unavailableReason();
    }

    /**
     * Closes the connections. A {@code publish} call in progress fails, and its exception reports the known outcome of
     * each event.
     */
    @Override
    public void close() {
        probe.close();
        senders.close();
    }

    /** A builder of {@link ServiceBusEventPublisher}. Not thread-safe. */
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
        private @Nullable URI cloudEvents;

        private Builder(String entity, boolean topic, Supplier<ServiceBusClientBuilder> clients) {
            this.entity = Objects.requireNonNull(entity, "entity");
            this.topic = topic;
            this.clients = Objects.requireNonNull(clients, "clients");
        }

        /**
         * Sets the maximum size of a batch. An event that does not fit is sent alone, up to the limit of the topic or
         * queue.
         *
         * @param maxBatchBytes 64 KiB to 1 MiB; 256 KiB by default, which every tier allows
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder maxBatchBytes(int maxBatchBytes) {
            if (maxBatchBytes < 64 * 1024 || maxBatchBytes > 1024 * 1024) {
                throw new IllegalArgumentException("maxBatchBytes is " + maxBatchBytes + ": use 65536 to 1048576");
            }
            this.maxBatchBytes = maxBatchBytes;
            return this;
        }

        /**
         * Sets the number of streams that are sent in parallel.
         *
         * @param parallelStreams 1 to 100; 8 by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder parallelStreams(int parallelStreams) {
            if (parallelStreams < 1 || parallelStreams > 100) {
                throw new IllegalArgumentException("parallelStreams is " + parallelStreams + ": use 1 to 100");
            }
            this.parallelStreams = parallelStreams;
            return this;
        }

        /**
         * Sets the maximum duration of a {@code publish} call, including all retries.
         *
         * @param timeout more than zero, at most a day; 30 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("timeout is " + timeout + ": use more than zero and at most a day");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets how long to wait for the broker's acknowledgment of a batch.
         *
         * @param sendTimeout 1 second to a day; 10 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder sendTimeout(Duration sendTimeout) {
            if (sendTimeout.compareTo(Duration.ofSeconds(1)) < 0 || sendTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("sendTimeout is " + sendTimeout + ": use 1 second to a day");
            }
            this.sendTimeout = sendTimeout;
            return this;
        }

        /**
         * Also makes each message a CloudEvent, in the binary mode of the CloudEvents 1.0 AMQP binding. This adds
         * application properties of at most 6 KB to the message. The rest of the message does not change, so consumers
         * of Daybook's own format need no change.
         *
         * <table>
         *   <caption>The added properties</caption>
         *   <tr><th>property</th><th>event</th><th>deletion</th></tr>
         *   <tr><td>{@code cloudEvents:specversion}</td><td>{@code 1.0}</td><td>{@code 1.0}</td></tr>
         *   <tr><td>{@code cloudEvents:id}</td><td>the event id</td><td>the id of the deletion</td></tr>
         *   <tr><td>{@code cloudEvents:source}</td><td>the source, followed by {@code /Order/42}</td><td>the
         *   same</td></tr>
         *   <tr><td>{@code cloudEvents:type}</td><td>the event type</td><td>{@code StreamDeleted}</td></tr>
         *   <tr><td>{@code cloudEvents:subject}</td><td>the stream, {@code Order-42}</td><td>the same</td></tr>
         *   <tr><td>{@code cloudEvents:sequence}</td><td>the sequence number, 19 digits</td><td>one more than the version</td></tr>
         *   <tr><td>{@code cloudEvents:time}</td><td>the time when the event was raised</td><td></td></tr>
         *   <tr><td>{@code cloudEvents:eventversion}</td><td>the version of the event type</td><td></td></tr>
         *   <tr><td>{@code cloudEvents:kind}</td><td></td><td>{@code deletion}</td></tr>
         *   <tr><td>{@code cloudEvents:correlationid}, {@code :causationid}</td><td>if known</td><td></td></tr>
         *   <tr><td>{@code cloudEvents:traceparent}, {@code :tracestate}</td><td>the attribute with that name</td><td></td></tr>
         * </table>
         *
         * @param source the publishing service, such as {@code https://example.com/orders} or {@code /orders}; 1 to 256
         *     characters
         * @return this builder
         * @throws IllegalArgumentException if it is empty or too long, or has a query or a fragment
         */
        public Builder cloudEvents(URI source) {
            CloudEventAttributes.requireSource(source);
            this.cloudEvents = source;
            return this;
        }

        private ServiceBusSenderAsyncClient sender(Duration timeout) {
            // The SDK's retries take 4 seconds each, may send messages that were reported as failed, and do not
            // preserve order.
            AmqpRetryOptions retries = new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(timeout);
            ServiceBusClientBuilder.ServiceBusSenderClientBuilder sender =
                    clients.get().retryOptions(retries).sender();
            return (topic ? sender.topicName(entity) : sender.queueName(entity)).buildAsyncClient();
        }

        /**
         * Creates the publisher. It connects when the first event is published.
         *
         * @return the publisher; close it after use
         */
        public ServiceBusEventPublisher build() {
            return new ServiceBusEventPublisher(this);
        }
    }
}
