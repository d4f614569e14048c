package io.daybook.sample.order;

import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.publishing.EventPublisher;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.snapshot.SnapshotStore;
import io.daybook.subscription.EventFeed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;

/**
 * The components that depend on the environment.
 *
 * @param eventStore stores the events
 * @param snapshotStore stores snapshots
 * @param eventFeed follows the event store
 * @param eventPublisher publishes the events that are relayed
 * @param readModelStore stores the documents of read models
 * @param meters the registry of meters
 * @param connections closes the connections that the other components hold; run when the application has stopped
 */
public record OrderComponents(
        EventStore eventStore,
        SnapshotStore snapshotStore,
        EventFeed eventFeed,
        EventPublisher eventPublisher,
        ReadModelStore readModelStore,
        MeterRegistry meters,
        Runnable connections) {

    /** The number of orders in memory. A command on one of them need not read it. */
    static final int CACHED_ORDERS = 10_000;

    /**
     * Creates the components for an environment: orders on Cosmos DB or in memory, and events to Service Bus or the log.
     *
     * @param environment the variables of {@link CosmosComponents} and {@link ServiceBusComponents}
     * @return the components
     * @throws IllegalArgumentException if a variable is invalid
     * @throws IllegalStateException if the containers are misconfigured
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the account cannot be reached
     */
    public static OrderComponents from(Map<String, String> environment) {
        Optional<ServiceBusEventPublisher> bus = ServiceBusComponents.publisher(environment); // holds nothing open yet
        OrderComponents stored =
                CosmosComponents.isNamedIn(environment) ? CosmosComponents.connect(environment) : inMemory();
        return bus.map(publisher -> stored.withEventPublisher(publisher, publisher::close))
                .orElse(stored);
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
                SnapshotStore.cached(new InMemorySnapshotStore(), CACHED_ORDERS),
                new InMemoryEventFeed(store),
                publisher,
                new InMemoryReadModelStore(),
                new SimpleMeterRegistry(),
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
        return new OrderComponents(eventStore, snapshotStore, eventFeed, other, readModelStore, meters, () -> {
            try {
                connection.run();
            } finally {
                connections.run();
            }
        });
    }

    /**
     * Replaces the event store.
     *
     * @param other the new event store, such as one that wraps the current one
     * @return these components with it
     */
    public OrderComponents withEventStore(EventStore other) {
        return new OrderComponents(
                other, snapshotStore, eventFeed, eventPublisher, readModelStore, meters, connections);
    }
}
