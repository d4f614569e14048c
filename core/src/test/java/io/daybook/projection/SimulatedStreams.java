package io.daybook.projection;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Streams that grow, lose their last events in a failover, and are deleted; an event store of them, and all histories that ever were. */
final class SimulatedStreams extends ReadOnlyEventStore {

    sealed interface Happened extends DomainEvent {}

    @EventType("Changed")
    record Changed(String what) implements Happened {}

    @EventType("Emptied")
    record Emptied(String what) implements Happened {}

    @EventType("Unimportant")
    record Unimportant(String what) implements Happened {}

    @EventType("Poisonous")
    record Poisonous(String what) implements Happened {}

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final SimulatedWorkers workers;
    private final Map<StreamId, List<EventEnvelope>> streams = new HashMap<>();
    private final Set<StreamId> deleted = new HashSet<>();
    private final Map<String, List<EventEnvelope>> histories = new HashMap<>();
    private final Map<StreamId, Long> failedOverAt = new HashMap<>();
    private int ids;

    SimulatedStreams(Random random, SimulatedWorkers workers) {
        this.random = random;
        this.workers = workers;
    }

    void append(StreamId stream) {
        List<EventEnvelope> events = streams.computeIfAbsent(stream, unseen -> new ArrayList<>());
        long number = events.size() + 1L;
        String id = "e" + ++ids;
        int kind = random.nextInt(20);
        DomainEvent event = kind < 14
                ? new Changed(id)
                : kind < 16 ? new Emptied(id) : kind < 19 ? new Unimportant(id) : new Poisonous(id);
        EventMetadata metadata = EventMetadata.builder()
                .eventId(id)
                .eventType(event.getClass().getSimpleName(), 1)
                .timestamp(TIME)
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(number)
                .build();
        events.add(EventEnvelope.of(metadata, event));
        histories.put(id, List.copyOf(events));
    }

    /** The last events are lost, and others come. */
    void failOver(StreamId stream) {
        List<EventEnvelope> events = events(stream);
        if (events.size() < 2 || isDeleted(stream)) {
            return;
        }
        int size = events.size();
        int kept = 1 + random.nextInt(size - 1);
        events.subList(kept, size).clear();
        failedOverAt.merge(stream, (long) kept, Math::min);
        while (events.size() < size) {
            append(stream);
        }
    }

    /** The number from which on a feed drops no event, since other events were there once. */
    long failedOverAt(StreamId stream) {
        return failedOverAt.getOrDefault(stream, Long.MAX_VALUE);
    }

    boolean isDeleted(StreamId stream) {
        return deleted.contains(stream);
    }

    List<EventEnvelope> events(StreamId stream) {
        return streams.getOrDefault(stream, new ArrayList<>());
    }

    /** The history that an event is the last of. */
    List<EventEnvelope> historyOf(String eventId) {
        return histories.getOrDefault(eventId, List.of());
    }

    private void call() {
        if (workers.yield() != SimulatedWorkers.Fate.ANSWERED) {
            throw new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null);
        }
    }

    private <T> T of(StreamId stream, Supplier<T> answer) {
        call();
        if (isDeleted(stream)) {
            throw new StreamDeletedException(stream);
        }
        return answer.get();
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        return of(
                stream,
                () -> List.copyOf(events(stream)).stream()
                        .filter(event -> event.metadata().sequenceNumber() > afterVersion
                                && event.metadata().sequenceNumber() <= toVersion));
    }

    private @Nullable SimulatedFeed feed;

    /** The same streams, with the scan of a feed. */
    EventStore scannedBy(SimulatedFeed scanned) {
        feed = scanned;
        return this;
    }

    @Override
    public List<String> scanRanges() {
        call();
        return List.of("0", "1");
    }

    @Override
    public ScanPage scan(String range, String after) {
        return Objects.requireNonNull(feed).scan(Integer.parseInt(range), after);
    }

    @Override
    public long currentVersion(StreamId stream) {
        return of(stream, () -> (long) events(stream).size());
    }

    @Override
    public void delete(StreamId stream) {
        deleted.add(stream);
    }
}
