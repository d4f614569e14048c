package io.daybook.sample.order;

import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadCache;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.publishing.EventPublisher;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.sample.order.ServiceBusComponents.TopicSubscription;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.snapshot.SnapshotStore;
import io.daybook.subscription.EventFeed;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The components that depend on the environment.
 *
 * @param eventStore stores the events
 * @param snapshotStore stores snapshots
 * @param eventFeed follows the event store
 * @param eventPublisher publishes the events that are relayed
 * @param projected the subscription from which the projector receives events; empty if it follows the event feed
 * @param readModelStore stores the documents of read models
 * @param readCache caches documents of read models
 * @param cachedFor how long the cache keeps a document
 * @param processes the components of process managers
 * @param meters the registry of meters
 * @param observations the registry of observations, such as those that become the spans of traces; {@link ObservationRegistry#NOOP} observes nothing
 * @param connections closes the connections that the other components hold; run when the application has stopped
 */
public record OrderComponents(
        EventStore eventStore,
        SnapshotStore snapshotStore,
        EventFeed eventFeed,
        EventPublisher eventPublisher,
        Optional<TopicSubscription> projected,
        ReadModelStore readModelStore,
        ReadCache readCache,
        Duration cachedFor,
        ProcessComponents processes,
        PrometheusMeterRegistry meters,
        ObservationRegistry observations,
        Runnable connections) {

    /** The number of orders in memory, as aggregates and as read models. */
    static final int CACHED_ORDERS = 10_000;

    /** The time to live in a cache of this process, which the projectors of other instances do not write to. */
    static final Duration CACHED_HERE = Duration.ofSeconds(2);

    /** The time to live in Redis. */
    private static final Duration CACHED_IN_REDIS = Duration.ofMinutes(5);

    /**
     * Creates the components for an environment: orders on Cosmos DB or in memory, events to Service Bus or the log, and documents cached
     * in Redis or in memory.
     *
     * @param environment the variables of {@link CosmosComponents} and {@link ServiceBusComponents}, {@code REDIS_URL}, and
     *     {@code OTEL_EXPORTER_OTLP_ENDPOINT}
     * @return the components
     * @throws IllegalArgumentException if a variable is invalid
     * @throws IllegalStateException if the containers are misconfigured
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the account cannot be reached
     */
    public static OrderComponents from(Map<String, String> environment) {
        Optional<ServiceBusEventPublisher> bus = ServiceBusComponents.publisher(environment); // holds nothing open yet
        Optional<TopicSubscription> projected = ServiceBusComponents.subscription(environment);
        String redis = environment.getOrDefault("REDIS_URL", "").trim();
        Optional<RedisReadCache> cache = redis.isEmpty() ? Optional.empty() : Optional.of(RedisReadCache.of(redis));
        Optional<OrderTracing> tracing = OrderTracing.from(environment);
        OrderComponents local =
                CosmosComponents.isNamedIn(environment) ? CosmosComponents.connect(environment) : inMemory();
        OrderComponents stored = cache.map(of -> local.withReadCache(of, CACHED_IN_REDIS, of::close))
                .orElse(local);
        OrderComponents published = bus.map(publisher -> stored.withEventPublisher(publisher, publisher::close))
                .orElse(stored);
        OrderComponents connected = projected.map(published::withProjected).orElse(published);
        return tracing.map(traces -> connected.withObservations(traces.registry(), traces::close))
                .orElse(connected);
    }

    /**
     * {@return components that keep everything in memory and log the published events}
     */
    public static OrderComponents inMemory() {
        return inMemory(new LoggingEventPublisher());
    }

    /**
     * Creates components that keep everything in memory.
     *
     * @param publisher publishes the events
     * @return the components
     */
    public static OrderComponents inMemory(EventPublisher publisher) {
        InMemoryEventStore store = new InMemoryEventStore(OrderEvents.serializer());
        return new OrderComponents(
                store,
                new InMemorySnapshotStore(),
                new InMemoryEventFeed(store),
                publisher,
                Optional.empty(),
                new InMemoryReadModelStore(),
                new InMemoryReadCache(CACHED_ORDERS),
                CACHED_HERE,
                ProcessComponents.inMemory(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                ObservationRegistry.NOOP,
                () -> {});
    }

    /**
     * Replaces the publisher.
     *
     * @param other the new publisher
     * @param connection closes the publisher; run when the application has stopped, before the other connections are closed
     * @return these components with it
     */
    public OrderComponents withEventPublisher(EventPublisher other, Runnable connection) {
        return with(
                eventStore, other, projected, readCache, cachedFor, processes, observations, closedBefore(connection));
    }

    /**
     * Replaces the cache.
     *
     * @param other the new cache
     * @param timeToLive how long the cache keeps a document
     * @param connection closes the cache; run when the application has stopped, before the other connections are closed
     * @return these components with it
     */
    public OrderComponents withReadCache(ReadCache other, Duration timeToLive, Runnable connection) {
        return with(
                eventStore,
                eventPublisher,
                projected,
                other,
                timeToLive,
                processes,
                observations,
                closedBefore(connection));
    }

    /**
     * Replaces the event store.
     *
     * @param other the new event store, such as one that wraps the current one
     * @return these components with it
     */
    public OrderComponents withEventStore(EventStore other) {
        return with(other, eventPublisher, projected, readCache, cachedFor, processes, observations, connections);
    }

    /**
     * Makes the projector receive the events over Service Bus.
     *
     * @param subscription the subscription of the topic
     * @return these components with it
     */
    public OrderComponents withProjected(TopicSubscription subscription) {
        return with(
                eventStore,
                eventPublisher,
                Optional.of(subscription),
                readCache,
                cachedFor,
                processes,
                observations,
                connections);
    }

    /**
     * Replaces the components of process managers.
     *
     * @param other the new components
     * @return these components with them
     */
    public OrderComponents withProcesses(ProcessComponents other) {
        return with(eventStore, eventPublisher, projected, readCache, cachedFor, other, observations, connections);
    }

    /**
     * Observes requests, commands and events.
     *
     * @param registry the registry of the observations
     * @param connection closes the destination of the observations; run when the application has stopped, before the
     *     other connections are closed
     * @return these components with it
     */
    public OrderComponents withObservations(ObservationRegistry registry, Runnable connection) {
        return with(
                eventStore,
                eventPublisher,
                projected,
                readCache,
                cachedFor,
                processes,
                registry,
                closedBefore(connection));
    }

    private OrderComponents with(
            EventStore store,
            EventPublisher publisher,
            Optional<TopicSubscription> subscription,
            ReadCache cache,
            Duration timeToLive,
            ProcessComponents of,
            ObservationRegistry registry,
            Runnable close) {
        return new OrderComponents(
                store,
                snapshotStore,
                eventFeed,
                publisher,
                subscription,
                readModelStore,
                cache,
                timeToLive,
                of,
                meters,
                registry,
                close);
    }

    private Runnable closedBefore(Runnable connection) {
        return () -> {
            try {
                connection.run();
            } finally {
                connections.run();
            }
        };
    }
}
