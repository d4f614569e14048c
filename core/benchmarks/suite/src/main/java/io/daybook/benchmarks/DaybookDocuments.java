package io.daybook.benchmarks;

import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadModel;
import io.daybook.projection.ReadModelState;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Daybook: a projector on the in-memory feed, with the in-memory read model store and an optional cache. */
public final class DaybookDocuments implements OrderDocuments {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final long POLL_NANOS = 200_000;

    private final Projection<OrderSummary> summaries = Projection.named(
                    "summaries", 1, DaybookOrders.Order.TYPE, OrderSummary.class)
            .on(OrderCreated.class, (none, event, metadata) -> OrderSummary.of(event))
            .on(ItemAdded.class, (summary, event, metadata) -> summary.with(event))
            .build();
    private final Optional<ReadCache> cache;
    private final InMemoryEventStore eventStore = emptyStore();
    private int orders;
    private CountingReadModelStore store = new CountingReadModelStore();
    private Projector projector;
    private ReadModel<OrderSummary> readModel;

    private DaybookDocuments(Optional<ReadCache> cache) {
        this.cache = cache;
    }

    static OrderDocuments uncached() {
        return new DaybookDocuments(Optional.empty());
    }

    /** Reads documents through a cache that holds all of them. */
    public static OrderDocuments cachedIn(ReadCache cache) {
        return new DaybookDocuments(Optional.of(cache));
    }

    private static InMemoryEventStore emptyStore() {
        return new InMemoryEventStore(JacksonEventSerializer.of(DaybookOrders.Order.TYPE.eventTypes()));
    }

    @Override
    public void store(List<OrderEvent> events) {
        for (OrderEvent event : events) {
            EventTypes.Registration type = DaybookOrders.Order.TYPE.eventTypes().registrationOf(event);
            StreamId stream = streamOf(event.orderId());
            long version = eventStore.currentVersion(stream);
            EventMetadata metadata = EventMetadata.builder()
                    .eventId(UUID.randomUUID().toString())
                    .eventType(type.name(), type.version())
                    .timestamp(Instant.now())
                    .aggregate(stream.aggregateType(), stream.aggregateId())
                    .sequenceNumber(version + 1)
                    .build();
            eventStore.append(stream, version, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());
            orders += version == 0 ? 1 : 0;
        }
    }

    private static StreamId streamOf(String orderId) {
        return StreamId.of(DaybookOrders.Order.TYPE.name(), orderId);
    }

    @Override
    public void clear() {
        close();
        store = new CountingReadModelStore();
    }

    /** Runs a projector on an empty event store, which completes the build of the read model. */
    @Override
    public void prepareToFollow() {
        project(emptyStore(), store).close();
    }

    @Override
    public void follow() {
        store.expect(orders);
        start();
        store.await(TIMEOUT);
    }

    @Override
    public void rebuild() {
        start();
        while (projector.status().get(0).state() != ReadModelState.ACTIVE) { // drain would build in this thread too
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void start() {
        projector = project(eventStore, store);
        readModel = projector.readModel(summaries);
    }

    private Projector project(InMemoryEventStore events, ReadModelStore documents) {
        Projector.Builder builder = Projector.builder(new InMemoryEventFeed(events), events, documents)
                .project(summaries);
        cache.ifPresent(shared -> builder.cache(shared, Duration.ofHours(1)));
        return builder.start();
    }

    @Override
    public OrderSummary get(String orderId, long version) {
        return readModel
                .get(orderId, ConsistencyToken.of(streamOf(orderId), version))
                .orElseThrow()
                .content();
    }

    @Override
    public long writes() {
        return store.writes();
    }

    @Override
    public long reads() {
        return store.reads();
    }

    @Override
    public void close() {
        if (projector != null) {
            projector.close();
        }
    }
}
