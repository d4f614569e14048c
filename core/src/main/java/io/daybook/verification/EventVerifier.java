package io.daybook.verification;

import io.daybook.DaybookException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.UnknownEventTypeException;
import io.daybook.subscription.FailurePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A verifier that checks the events of a store one by one and collects findings. {@link #verify verify} checks any
 * event store. A tool for a database that also contains other documents creates a verifier, and adds the events and its
 * own findings to it:
 *
 * <pre>{@code
 * EventVerifier verifier = new EventVerifier(20_000_000_000L); // the bytes that the database allows in one stream
 * for (String range : eventStore.scanRanges()) {
 *     // verifier.add(event, bytes) for each event of the range
 *     verifier.endRange();
 * }
 * VerificationReport report = verifier.report();
 * }</pre>
 *
 * <p>A verifier needs about 200 bytes of memory for each stream of a range. Events may be added in any order. Not
 * thread-safe.
 */
public final class EventVerifier {

    /** The number of findings of one kind that a report lists. The others are only counted. */
    private static final int MAX_LISTED = 1_000;

    private static final int NEAR_LIMIT_PERCENT = 50;
    private static final int PROGRESS_EVENTS = 50_000;

    private record TypeVersion(String type, int version) {

        static final Comparator<TypeVersion> ORDER =
                Comparator.comparing(TypeVersion::type).thenComparing(TypeVersion::version);
    }

    private static final class Tally {

        private long events;
        private Instant latest = Instant.MIN;
        private @Nullable String readAs;
    }

    private final long maxStreamBytes;
    private final Map<String, VerifiedStream> range = new HashMap<>();
    private final Map<TypeVersion, Tally> tallies = new TreeMap<>(TypeVersion.ORDER);
    private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
    private final List<Finding> findings = new ArrayList<>();
    private long events;
    private long streams;

    /**
     * Creates a verifier without events.
     *
     * @param maxStreamBytes the size that the database allows for one stream, in bytes; a stream of at least half that
     *     size is a finding. {@link Long#MAX_VALUE} if there is no limit
     * @throws IllegalArgumentException if {@code maxStreamBytes} is not positive
     */
    public EventVerifier(long maxStreamBytes) {
        if (maxStreamBytes <= 0) {
            throw new IllegalArgumentException("maxStreamBytes is " + maxStreamBytes + ": use more than 0");
        }
        this.maxStreamBytes = maxStreamBytes;
    }

    /**
     * Reads all events of a store and checks them for gaps, unknown types and versions, and data that cannot be
     * decoded. The store's serializer decodes the events. Nothing is written. Events that are appended during the run
     * may be included. A stream that is deleted during the run may lead to a finding that a second run does not report.
     *
     * @param store the store
     * @param progress receives a line of text about every 50,000 events and after each range
     * @return the report
     * @throws EventStoreUnavailableException if the store, or another store that the serializer needs, cannot be reached
     */
    public static VerificationReport verify(EventStore store, Consumer<String> progress) {
        EventVerifier verifier = new EventVerifier(Long.MAX_VALUE);
        List<String> ranges = store.scanRanges();
        for (int i = 0; i < ranges.size(); i++) {
            verifier.verify(store, ranges.get(i), "range " + (i + 1) + " of " + ranges.size() + ": ", progress);
        }
        return verifier.report();
    }

    private void verify(EventStore store, String name, String label, Consumer<String> progress) {
        ScanPage page = store.scan(name, "");
        long reported = 0;
        long read = 0;
        while (true) {
            page.events().forEach(event -> add(event, 0));
            for (StreamId stream : page.deletions().keySet()) {
                addTombstone(stream, 0);
                addTombstone(stream, 1);
            }
            read += page.events().size();
            if (page.isLast()) {
                break;
            }
            if (read - reported >= PROGRESS_EVENTS) {
                reported = read;
                progress.accept(label + read + " events"
                        + (page.remaining() < 0 ? "" : ", about " + page.remaining() + " remain"));
            }
            page = store.scan(name, page.next());
        }
        endRange();
        progress.accept(label + read + " events, complete");
    }

    /**
     * Checks an event.
     *
     * @param event a stored event
     * @param bytes the size of the event in the database; 0 if unknown
     * @throws EventStoreUnavailableException if decoding the event requires a store that cannot be reached
     */
    public void add(EventEnvelope event, long bytes) {
        EventMetadata metadata = event.metadata();
        String stream = metadata.aggregateType() + "-" + metadata.aggregateId();
        range.computeIfAbsent(stream, unseen -> new VerifiedStream()).add(metadata.sequenceNumber(), bytes);
        events++;
        Tally tally = tallies.computeIfAbsent(
                new TypeVersion(metadata.eventType(), metadata.eventVersion()), unseen -> new Tally());
        tally.events++;
        tally.latest = tally.latest.isAfter(metadata.timestamp()) ? tally.latest : metadata.timestamp();
        try {
            readAs(event.event())
                    .filter(current -> !current.equals(metadata.eventType() + " " + metadata.eventVersion()))
                    .ifPresent(current -> tally.readAs = current);
        } catch (UnknownEventTypeException e) {
            add(new Finding(
                    Finding.Kind.UNKNOWN_TYPE, stream, metadata.sequenceNumber(), String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            if (!FailurePolicy.isOfEvent(e)) {
                throw e;
            }
            add(new Finding(Finding.Kind.UNDECODABLE_EVENT, stream, metadata.sequenceNumber(), problem(e)));
        }
    }

    private static Optional<String> readAs(DomainEvent event) {
        return Optional.ofNullable(event.getClass().getAnnotation(EventType.class))
                .map(type -> type.value() + " " + type.version());
    }

    /** Only Daybook's own messages are known to contain no event data. */
    private static String problem(RuntimeException failure) {
        return failure instanceof DaybookException
                ? String.valueOf(failure.getMessage())
                : "decoding failed with " + failure.getClass().getName() + ": fix the class or add an upcaster";
    }

    /**
     * Adds a tombstone, which replaces an event of a deleted stream. A tombstone with number 0 marks the stream as
     * deleted, so gaps in the stream are not findings. A deletion replaces events from the last to the first, so the
     * deletion is complete once number 1 has a tombstone.
     *
     * @param stream the stream
     * @param number the number of the event, or 0
     */
    public void addTombstone(StreamId stream, long number) {
        range.computeIfAbsent(stream.toString(), unseen -> new VerifiedStream()).addTombstone(number);
    }

    /**
     * Adds a finding.
     *
     * @param finding the finding
     */
    public void add(Finding finding) {
        long count = counts.merge(finding.kind(), 1L, Long::sum);
        if (count <= MAX_LISTED) {
            findings.add(finding);
        }
    }

    /**
     * Ends a range after all events of its streams were added. This method checks the streams for gaps and for their
     * size, and frees the memory that they occupied.
     */
    public void endRange() {
        range.forEach(this::end);
        range.clear();
    }

    private void end(String stream, VerifiedStream seen) {
        if (seen.hasEvents()) {
            streams++;
        }
        if (seen.isDeletionIncomplete()) {
            add(new Finding(
                    Finding.Kind.INCOMPLETE_DELETION,
                    stream,
                    0,
                    "the stream was deleted, but events are left: call EventStore.delete again"));
        }
        if (seen.isDeleted()) {
            return;
        }
        for (VerifiedStream.Gap gap : seen.gaps()) {
            add(new Finding(
                    Finding.Kind.GAP,
                    stream,
                    gap.from(),
                    (gap.from() == gap.to()
                                    ? "event " + gap.from() + " is missing"
                                    : "events " + gap.from() + " to " + gap.to() + " are missing")
                            + ", and the stream continues to " + seen.last()
                            + ": reads of it fail; restore the documents from a backup"));
        }
        long percent = (long) (seen.bytes() * 100.0 / maxStreamBytes);
        if (percent >= NEAR_LIMIT_PERCENT) {
            add(new Finding(
                    Finding.Kind.STREAM_NEAR_LIMIT,
                    stream,
                    0,
                    seen.last() + " events occupy about " + seen.bytes() + " bytes, " + percent + "% of the limit of "
                            + maxStreamBytes + ": close the aggregate and start its successor"));
        }
    }

    /**
     * Returns a report of the ranges that have ended.
     *
     * @return the report
     */
    public VerificationReport report() {
        List<EventCount> types = new ArrayList<>();
        tallies.forEach((type, tally) -> types.add(new EventCount(
                type.type(), type.version(), tally.events, tally.latest, Optional.ofNullable(tally.readAs))));
        return new VerificationReport(events, streams, types, counts, findings);
    }
}
