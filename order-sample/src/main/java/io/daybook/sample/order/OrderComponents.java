package io.daybook.sample.order;

import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.publishing.EventPublisher;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.snapshot.SnapshotStore;
import io.daybook.subscription.EventFeed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;

/**
 * The parts that the application is put together from and that differ from one environment to another.
 *
 * @param eventStore where the events are
 * @param snapshotStore where snapshots are
 * @param eventFeed follows the event store
 * @param eventPublisher where events are relayed to
 * @param meters where is measured what they take
 * @param connections closed when the application has stopped: whatever the other parts hold open
 */
public record OrderComponents(
        EventStore eventStore,
        SnapshotStore snapshotStore,
        EventFeed eventFeed,
        EventPublisher eventPublisher,
        MeterRegistry meters,
        Runnable connections) {

    /** How many orders are kept in memory, so that a command on one of them need not read it. */
    static final int CACHED_ORDERS = 10_000;

    /**
     * Puts together the parts that the environment names: orders on Cosmos DB or in memory, and events to Service Bus or the
     * log.
     *
     * @param environment the variables that {@link CosmosComponents} and {@link ServiceBusComponents} tell of
     * @return the parts
     * @throws IllegalArgumentException if a variable is wrong
     * @throws IllegalStateException if the containers are set up otherwise than they have to be
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
     * {@return parts that keep everything in memory and log what they publish}
     */
    public static OrderComponents inMemory() {
        return inMemory(new LoggingEventPublisher());
    }

    /**
     * Puts together parts that keep everything in memory.
     *
     * @param publisher where events are relayed to
     * @return the parts
     */
    public static OrderComponents inMemory(EventPublisher publisher) {
        InMemoryEventStore store = new InMemoryEventStore(OrderEvents.serializer());
        return new OrderComponents(
                store,
                SnapshotStore.cached(new InMemorySnapshotStore(), CACHED_ORDERS),
                new InMemoryEventFeed(store),
                publisher,
                new SimpleMeterRegistry(),
                () -> {});
    }

    /**
     * Replaces the publisher.
     *
     * @param other where events are relayed to instead
     * @param connection closed when the application has stopped, before the other connections
     * @return these parts with it
     */
    public OrderComponents withEventPublisher(EventPublisher other, Runnable connection) {
        return new OrderComponents(eventStore, snapshotStore, eventFeed, other, meters, () -> {
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
     * @param other another event store, mostly one that goes on to the present one
     * @return these parts with it
     */
    public OrderComponents withEventStore(EventStore other) {
        return new OrderComponents(other, snapshotStore, eventFeed, eventPublisher, meters, connections);
    }
}
