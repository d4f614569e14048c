package io.daybook.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedDomainEventData;
import org.axonframework.eventhandling.TrackedEventData;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.AbstractEventStorageEngine;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;

/** Events in memory as serialized entries: one list for each aggregate, and one list of all events. */
final class JsonEngine extends AbstractEventStorageEngine {

    private record Entry(
            String getType,
            String getAggregateIdentifier,
            long getSequenceNumber,
            String getEventIdentifier,
            Instant getTimestamp,
            SerializedObject<byte[]> getPayload,
            SerializedObject<byte[]> getMetaData)
            implements DomainEventData<byte[]> {

        TrackedEventData<byte[]> at(int index) {
            return new TrackedDomainEventData<>(new GlobalSequenceTrackingToken(index), this);
        }

        static Entry of(DomainEventMessage<?> event, Serializer serializer) {
            return new Entry(
                    event.getType(),
                    event.getAggregateIdentifier(),
                    event.getSequenceNumber(),
                    event.getIdentifier(),
                    event.getTimestamp(),
                    event.serializePayload(serializer, byte[].class),
                    event.serializeMetaData(serializer, byte[].class));
        }
    }

    private static final class EngineBuilder extends AbstractEventStorageEngine.Builder {}

    private static final int PAGE = 100;

    private final Map<String, List<Entry>> streams = new ConcurrentHashMap<>();
    private final List<Entry> log = new ArrayList<>();

    JsonEngine(Serializer serializer) {
        super(new EngineBuilder().eventSerializer(serializer).snapshotSerializer(serializer));
    }

    void clear() {
        streams.clear();
        log.clear();
    }

    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        if (events.isEmpty()) {
            return;
        }
        List<Entry> entries = new ArrayList<>(events.size());
        for (EventMessage<?> event : events) {
            entries.add(Entry.of((DomainEventMessage<?>) event, serializer));
        }
        Entry first = entries.get(0);
        List<Entry> stream = streams.computeIfAbsent(first.getAggregateIdentifier(), id -> new ArrayList<>());
        synchronized (stream) {
            if (stream.size() != first.getSequenceNumber()) {
                throw new ConcurrencyException("another event was stored first");
            }
            stream.addAll(entries);
        }
        synchronized (log) {
            log.addAll(entries);
        }
    }

    @Override
    protected Stream<? extends DomainEventData<?>> readEventData(String identifier, long firstSequenceNumber) {
        List<Entry> stream = streams.getOrDefault(identifier, List.of());
        synchronized (stream) {
            return List.copyOf(stream).stream().skip(firstSequenceNumber);
        }
    }

    @Override
    protected Stream<? extends DomainEventData<?>> readSnapshotData(String aggregateIdentifier) {
        return Stream.empty();
    }

    @Override
    protected void storeSnapshot(DomainEventMessage<?> snapshot, Serializer serializer) {
        throw new UnsupportedOperationException("no snapshots are configured");
    }

    /** Reads page by page, as from a database. */
    @Override
    protected Stream<? extends TrackedEventData<?>> readEventData(TrackingToken token, boolean mayBlock) {
        int first = token == null ? 0 : (int) ((GlobalSequenceTrackingToken) token).getGlobalIndex() + 1;
        return Stream.iterate(page(first), page -> !page.isEmpty(), page -> page(page.get(page.size() - 1)))
                .flatMap(List::stream);
    }

    private List<TrackedEventData<byte[]>> page(TrackedEventData<byte[]> last) {
        return page((int) ((GlobalSequenceTrackingToken) last.trackingToken()).getGlobalIndex() + 1);
    }

    private List<TrackedEventData<byte[]>> page(int first) {
        synchronized (log) {
            return IntStream.range(first, Math.min(first + PAGE, log.size()))
                    .mapToObj(index -> log.get(index).at(index))
                    .toList();
        }
    }

    @Override
    public TrackingToken createTailToken() {
        return null;
    }

    @Override
    public TrackingToken createHeadToken() {
        synchronized (log) {
            return log.isEmpty() ? null : new GlobalSequenceTrackingToken(log.size() - 1);
        }
    }

    @Override
    public TrackingToken createTokenAt(Instant dateTime) {
        throw new UnsupportedOperationException("nothing asks for a time");
    }
}
