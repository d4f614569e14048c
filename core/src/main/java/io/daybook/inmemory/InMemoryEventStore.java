package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendLimits;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An event store in memory. The store keeps each event as the bytes that the serializer writes, so a test reads what a
 * database would return. Appends have the limits of {@link AppendLimits#DEFAULT}. Thread-safe.
 *
 * <pre>{@code
 * EventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Order.TYPE.eventTypes()));
 * }</pre>
 */
public final class InMemoryEventStore implements EventStore {

    private static final Duration REMEMBER_COMMANDS = Duration.ofDays(30);
    private static final List<String> RANGES = List.of("0", "1");
    private static final int SCAN_EVENTS = 1_000;
    private static final Comparator<StoredEvent> BY_TIME = Comparator.comparing(
                    (StoredEvent event) -> event.metadata().timestamp())
            .thenComparing(event -> event.metadata().sequenceNumber());

    private final EventSerializer serializer;
    private final Clock clock;
    private final ConcurrentMap<StreamId, InMemoryStream> streams = new ConcurrentHashMap<>();
    private final TransactionLog log = new TransactionLog();

    /**
     * Creates an empty store.
     *
     * @param serializer converts events to bytes and back
     */
    public InMemoryEventStore(EventSerializer serializer) {
        this(serializer, Clock.systemUTC());
    }

    /**
     * Creates an empty store with a custom clock.
     *
     * @param serializer converts events to bytes and back
     * @param clock the clock that determines when an idempotency key expires, 30 days after its command
     */
    public InMemoryEventStore(EventSerializer serializer, Clock clock) {
        this.serializer = serializer;
        this.clock = clock;
    }

    @Override
    public void requireEventTypes(EventTypes types) {
        serializer.requireEventTypes(types);
    }

    @Override
    public AppendResult append(
            StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
        List<StoredEvent> stored = new ArrayList<>(events.size());
        List<byte[]> data = new ArrayList<>(events.size());
        for (EventEnvelope event : events) {
            byte[] encoded = serializer.encode(event);
            data.add(encoded);
            stored.add(new StoredEvent(event.metadata(), encoded));
        }
        AppendLimits.DEFAULT.check(stream, expectedVersion, events, data);
        options.timeout().check("the append to " + stream); // encoding may have taken a long time
        Instant now = clock.instant();
        return stream(stream).append(expectedVersion, stored, options, now, now.plus(REMEMBER_COMMANDS), log);
    }

    private InMemoryStream stream(StreamId stream) {
        InMemoryStream found = streams.get(stream);
        return found != null ? found : streams.computeIfAbsent(stream, id -> new InMemoryStream(id, serializer));
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        if (afterVersion < 0 || afterVersion > toVersion) {
            throw new IllegalArgumentException("cannot read the events of " + stream + " after version " + afterVersion
                    + " up to version " + toVersion + ": use an afterVersion from 0 to toVersion");
        }
        InMemoryStream found = streams.get(stream);
        return found == null
                ? Stream.empty()
                : StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(
                                found.read(afterVersion, toVersion), Spliterator.ORDERED | Spliterator.NONNULL),
                        false);
    }

    @Override
    public long currentVersion(StreamId stream) {
        InMemoryStream found = streams.get(stream);
        return found == null ? 0 : found.version();
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        return Optional.ofNullable(streams.get(stream)).flatMap(found -> found.command(commandId, clock.instant()));
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        Instant now = clock.instant();
        return stream(stream).reject(HandledCommand.rejected(command, error), now, now.plus(REMEMBER_COMMANDS));
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        return log.all().stream()
                .flatMap(Collection::stream)
                .filter(event -> filter.matches(event.metadata()))
                .sorted(BY_TIME)
                .map(event -> event.envelope(serializer));
    }

    @Override
    public List<String> scanRanges() {
        return RANGES;
    }

    @Override
    public ScanPage scan(String range, String after) {
        int number = RANGES.indexOf(range);
        if (number < 0) {
            throw new IllegalArgumentException("the store has no range " + range + ": use one of " + RANGES);
        }
        TransactionLog.Scanned scanned = log.scan(
                position(after),
                SCAN_EVENTS,
                aggregateId -> Math.floorMod(aggregateId.hashCode(), RANGES.size()) == number);
        int left = scanned.size() - scanned.end();
        return new ScanPage(
                scanned.events().stream()
                        .map(event -> event.envelope(serializer))
                        .toList(),
                scanned.deletions(),
                left == 0 ? "" : Integer.toString(scanned.end()),
                left / RANGES.size());
    }

    private static int position(String after) {
        try {
            return after.isEmpty() ? 0 : Integer.parseUnsignedInt(after);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the position " + after + " belongs to another store: use ScanPage.next() of this store", e);
        }
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        if (expectedVersion < 0) {
            throw new IllegalArgumentException(
                    "the expected version of the deletion of " + stream + " is " + expectedVersion + ": use 0 or more");
        }
        stream(stream).delete(expectedVersion, log);
    }

    @Override
    public void delete(StreamId stream) {
        stream(stream).delete(log);
    }

    TransactionLog log() {
        return log;
    }

    EventEnvelope.Decoder decoder() {
        return serializer;
    }
}
