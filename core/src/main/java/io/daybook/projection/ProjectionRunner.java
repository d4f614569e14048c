package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.json.ValueComparison;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner that projects pages of events into documents. It has no thread and no clock: the thread of the caller makes every call to a store.
 * Safe for many threads and instances, since each write is conditional on the etag of the document that it replaces.
 */
abstract class ProjectionRunner<S> {

    private static final Logger log = LoggerFactory.getLogger(ProjectionRunner.class);
    static final int MAX_RACES = 20;

    final ReadModelCollection documents;
    final StreamFolder<S> folder;
    final DocumentJson<S> json;
    final ProjectionCounters counters;
    private final StateCache<S> cache = new StateCache<>(10_000, 64L << 20);
    private final Parks parks;

    ProjectionRunner(
            ReadModelCollection documents,
            StreamFolder<S> folder,
            DocumentJson<S> json,
            ProjectionCounters counters,
            Parks parks) {
        this.documents = documents;
        this.folder = folder;
        this.json = json;
        this.counters = counters;
        this.parks = parks;
    }

    /** Which stream's document is stored there. */
    abstract StreamId streamOf(DocumentKey key);

    /** Where the document of a stream is stored. */
    abstract DocumentKey keyOf(StreamId stream);

    /**
     * Writes what the streams were folded into.
     *
     * @return what is stored now; a stream that is left out lost a race and has to be folded again
     */
    abstract Map<StreamId, StreamState<S>> write(Collection<Folded<S>> folded, Failures failures);

    /** Streams whose events could not be projected, and that are not parked. */
    static final class Failures {
        private final Map<StreamId, Poison> retried = new LinkedHashMap<>();
        private final Set<StreamId> counted = new HashSet<>();
        private final Map<StreamId, Parking> parkings = new HashMap<>();

        void add(StreamId stream, Poison poison) {
            retried.putIfAbsent(stream, poison);
        }

        boolean isEmpty() {
            return retried.isEmpty();
        }

        void throwFirst() {
            retried.forEach((stream, poison) -> {
                throw new ProjectionFailedException(stream, poison.number(), poison.failure());
            });
        }
    }

    /** The events of the streams that are projected. */
    Map<StreamId, List<EventEnvelope>> byStream(List<EventEnvelope> events) {
        Map<StreamId, List<EventEnvelope>> byStream = new LinkedHashMap<>();
        for (EventEnvelope event : events) {
            StreamId stream = StreamId.of(
                    event.metadata().aggregateType(), event.metadata().aggregateId());
            if (folder.isOf(stream)) {
                byStream.computeIfAbsent(stream, unseen -> new ArrayList<>()).add(event);
            }
        }
        return byStream;
    }

    /** Projects delivered events; returns when all are stored, skipped or parked. */
    void project(List<EventEnvelope> events) {
        Map<StreamId, List<EventEnvelope>> byStream = byStream(events);
        Failures failures = new Failures();
        run(
                load(byStream.keySet()),
                (stream, before) -> before.isParked()
                        ? null
                        : folder.fold(stream, before, byStream.getOrDefault(stream, List.of())),
                failures);
        failures.throwFirst();
    }

    /** Projects events, and parks what cannot be projected without pauses between the attempts. */
    void projectOrPark(List<EventEnvelope> events) {
        for (int attempt = 1; ; attempt++) {
            try {
                project(events);
                return;
            } catch (ProjectionFailedException e) {
                if (attempt > parks.attempts()) {
                    throw e;
                }
            }
        }
    }

    /** Marks a stream as deleted. */
    void deleted(StreamId stream, long version) {
        if (folder.isOf(stream)) {
            run(load(List.of(stream)), (same, before) -> Folded.gone(same, before, version), new Failures());
        }
    }

    /**
     * Brings a stream to the last stored event, even if the stream is parked.
     *
     * @return what is stored now
     * @throws ProjectionFailedException if an event cannot be projected; those before it are stored
     */
    StreamState<S> catchUp(StreamState<S> state) {
        StreamId stream = streamOf(state.document().key());
        Failures failures = new Failures();
        Map<StreamId, StreamState<S>> stored = run(Map.of(stream, state), folder::catchUp, failures);
        failures.throwFirst();
        return Objects.requireNonNull(stored.get(stream));
    }

    /**
     * Brings a stream to a version, if its document is behind.
     *
     * @return what is stored now; older if the stream does not have the version
     * @throws StreamParkedException if an event before that version cannot be projected
     */
    StreamState<S> atLeast(StreamId stream, long version) {
        StreamState<S> state = read(stream);
        if (state.document().gone() || state.number() >= version) {
            return state;
        }
        long failed = 0;
        try {
            state = catchUp(state);
            failed = state.document().parking().map(Parking::sequenceNumber).orElse(0L);
        } catch (ProjectionFailedException e) {
            state = read(stream);
            failed = e.number();
        }
        if (failed > 0 && state.number() < version) {
            throw new StreamParkedException(stream, failed);
        }
        return state;
    }

    /** Where a scan of all events leads to. */
    abstract ScanTarget scanTarget();

    /** Forgets what it knows of the documents, since they were deleted. */
    void forgetStates() {
        cache.clear();
    }

    /** Writes what a scan has folded; answers no if the stream has to be settled, since it lost a race or cannot be written. */
    boolean writes(Folded<S> folded) {
        Failures failures = new Failures();
        return write(List.of(folded), failures).containsKey(folded.stream()) && failures.isEmpty();
    }

    /**
     * Brings a stream to its last event or parks it, without pauses between the attempts.
     *
     * @param number a document at this number, with this event, needs nothing more; nor does a later one
     * @throws ProjectionFailedException if an event cannot be projected and no more streams are parked
     */
    void settle(StreamId stream, long number, String eventId) {
        Failures failures = new Failures();
        for (int attempt = 0; attempt == 0 || (attempt < parks.attempts() && !failures.isEmpty()); attempt++) {
            cache.remove(keyOf(stream));
            failures = new Failures();
            run(
                    load(List.of(stream)),
                    (same, before) -> before.isParked()
                                    || before.number() > number
                                    || (before.number() == number
                                            && before.eventId().equals(eventId))
                            ? null
                            : folder.catchUp(same, before),
                    failures);
        }
        failures.throwFirst();
    }

    /** Folds a stream from its first event and replaces its document, also by the same. */
    void rebuild(StreamId stream) {
        Failures failures = new Failures();
        for (int races = 0; races < MAX_RACES; races++) {
            cache.remove(keyOf(stream));
            StreamState<S> before =
                    readable(Objects.requireNonNull(stored(Set.of(stream)).get(stream)));
            Folded<S> folded = foldOrSkip(stream, before, folder::again);
            if (folded == null
                    || before.document().gone()
                    || write(List.of(decide(folded, failures)), failures).containsKey(stream)) {
                failures.throwFirst();
                return;
            }
        }
        throw tooManyRaces();
    }

    static ReadModelUnavailableException tooManyRaces() {
        return new ReadModelUnavailableException(
                "other instances were faster " + MAX_RACES + " times in a row: retry", null, null);
    }

    /** Whether a document is the one of a stream. */
    abstract boolean isOfStream(DocumentKey key);

    /** Whether a document shows what the events of its stream were folded into. */
    boolean shows(StoredDocument stored, @Nullable S value) {
        try {
            S expected = json.write(stored.key(), value).value();
            S shown = json.read(stored.key(), stored.content());
            if (expected == null) {
                return shown == null;
            }
            return shown != null && ValueComparison.ofContent().difference(expected, shown) == null;
        } catch (RuntimeException e) {
            return false; // altered by hand, so that it is not even readable
        }
    }

    /** The stored documents of streams, not read from memory, with one at position 0 for each stream that has none. */
    Map<StreamId, StoredDocument> stored(Collection<StreamId> streams) {
        Map<StreamId, StoredDocument> stored = new LinkedHashMap<>();
        streams.forEach(stream -> stored.put(stream, none(stream).document()));
        if (!streams.isEmpty()) {
            documents
                    .read(streams.stream().map(this::keyOf).toList())
                    .forEach((key, document) -> stored.put(streamOf(key), document));
        }
        return stored;
    }

    /** The state of a stream that has no document. */
    StreamState<S> none(StreamId stream) {
        return new StreamState<>(
                StoredDocument.builder(keyOf(stream)).revision(0).build(), null);
    }

    /** What is stored of a stream now. */
    StreamState<S> read(StreamId stream) {
        cache.remove(keyOf(stream));
        return Objects.requireNonNull(load(List.of(stream)).get(stream));
    }

    /** What the event store makes of a stream; stores nothing. */
    StreamState<S> folded(StreamId stream, long version) {
        Folded<S> folded = folder.catchUp(stream, read(stream));
        Poison poison = folded.poison();
        if (poison != null && folded.number() < version) {
            throw new StreamParkedException(stream, poison.number());
        }
        return new StreamState<>(next(folded).build(), folded.value());
    }

    /**
     * Brings the streams forward that are parked.
     *
     * @return how many are no longer parked
     */
    int retryParked() {
        return retryParked(any -> true);
    }

    /** Brings some of the streams forward that are parked. */
    int retryParked(Predicate<Parking> which) {
        int unparked = 0;
        String next = "";
        do {
            Page<StoredDocument> page = documents.scan(Scan.parked(), next);
            for (StoredDocument parked : page.items()) {
                if (parked.parking().filter(which).isEmpty()) {
                    continue;
                }
                try {
                    catchUp(state(parked));
                    unparked++;
                } catch (ProjectionFailedException e) {
                    log.warn("parked stream failed again stream={} number={}", e.stream(), e.number(), e.getCause());
                }
            }
            next = page.next().orElse("");
        } while (!next.isEmpty());
        return unparked;
    }

    /** Folds and writes until every stream is stored or left unchanged. */
    private Map<StreamId, StreamState<S>> run(
            Map<StreamId, StreamState<S>> loaded,
            BiFunction<StreamId, StreamState<S>, @Nullable Folded<S>> fold,
            Failures failures) {
        Map<StreamId, StreamState<S>> settled = new LinkedHashMap<>();
        Map<StreamId, StreamState<S>> pending = loaded;
        for (int races = 0; !pending.isEmpty(); races++) {
            if (races == MAX_RACES) {
                throw tooManyRaces();
            }
            List<Folded<S>> changed = new ArrayList<>();
            pending.forEach((stream, before) -> {
                Folded<S> folded = before.document().gone() ? null : foldOrSkip(stream, before, fold);
                Folded<S> decided = folded == null ? null : decide(folded, failures);
                if (decided != null && !decided.changesNothing()) {
                    changed.add(decided);
                    return;
                }
                settled.put(stream, before);
                if (decided != null && decided.poison() == null) {
                    parks.succeeded(stream);
                }
            });
            settled.putAll(write(changed, failures));
            Set<StreamId> lost = new LinkedHashSet<>(pending.keySet());
            lost.removeAll(settled.keySet());
            pending = load(lost);
        }
        return settled;
    }

    private @Nullable Folded<S> foldOrSkip(
            StreamId stream, StreamState<S> before, BiFunction<StreamId, StreamState<S>, @Nullable Folded<S>> fold) {
        try {
            return fold.apply(stream, before);
        } catch (StreamDeletedException e) {
            return null; // the deletion is delivered
        }
    }

    /** Parks the stream if it is time to. */
    Folded<S> decide(Folded<S> folded, Failures failures) {
        Poison poison = folded.poison();
        if (poison == null) {
            return folded;
        }
        if (folded.before().isParked()) {
            failures.add(folded.stream(), poison);
            return folded.parked(parks.parking(
                    poison, folded.before().document().parking().orElseThrow().attempts() + 1));
        }
        if (failures.counted.add(folded.stream())) {
            Parking parking = parks.failed(folded.stream(), poison);
            if (parking == null) {
                failures.add(folded.stream(), poison);
            } else {
                counters.parked();
                failures.parkings.put(folded.stream(), parking);
            }
        }
        Parking parking = failures.parkings.get(folded.stream()); // also after a lost race
        return parking == null ? folded : folded.parked(parks.parking(poison, parking.attempts()));
    }

    /** Loads what is not in memory, with one read. */
    Map<StreamId, StreamState<S>> load(Collection<StreamId> streams) {
        Map<StreamId, StreamState<S>> states = new LinkedHashMap<>();
        List<DocumentKey> missing = new ArrayList<>();
        for (StreamId stream : streams) {
            StreamState<S> known = cache.get(keyOf(stream));
            if (known == null) {
                missing.add(keyOf(stream));
                known = none(stream);
            }
            states.put(stream, known);
        }
        if (!missing.isEmpty()) {
            documents.read(missing).forEach((key, stored) -> {
                StreamState<S> state = state(stored);
                states.put(streamOf(key), state);
                cache.put(state);
            });
        }
        return states;
    }

    private StreamState<S> state(StoredDocument stored) {
        return new StreamState<>(stored, json.read(stored.key(), stored.content()));
    }

    /** What is stored; nothing if it was altered so that it cannot be read. */
    private StreamState<S> readable(StoredDocument stored) {
        try {
            return state(stored);
        } catch (RuntimeException e) {
            return new StreamState<>(
                    stored.next().content("").revision(stored.revision()).build(), null);
        }
    }

    /** Starts the next revision of a stream's document. */
    StoredDocument.Builder next(Folded<S> folded) {
        return folded.before()
                .document()
                .next()
                .position(folded.number(), folded.eventId())
                .gone(folded.gone())
                .parking(folded.parking());
    }

    /**
     * Writes the document of a stream.
     *
     * @return what is stored now; null if another writer was faster, or the outcome is not known, so that the position tells
     */
    @Nullable
    StreamState<S> store(Folded<S> folded, StoredDocument next, @Nullable S value, Failures failures) {
        try {
            StreamState<S> stored = replace(next, value);
            if (stored != null && folded.poison() == null) {
                parks.succeeded(folded.stream());
            }
            return stored;
        } catch (DocumentTooLargeException e) {
            return refuse(folded, e, failures);
        }
    }

    /** Replaces the document of a stream; null if another writer was faster, or the outcome is not known. */
    @Nullable
    StreamState<S> replace(StoredDocument next, @Nullable S value) {
        try {
            WriteResult result = documents.write(List.of(next));
            if (result.isWritten()) {
                counters.written(1);
                StreamState<S> state =
                        new StreamState<>(next.stored(result.etags().get(0)), value);
                cache.put(state);
                return state;
            }
            counters.conflict();
        } catch (ReadModelUnavailableException e) {
            counters.conflict();
        }
        cache.remove(next.key());
        return null;
    }

    /** Leaves a stream where it is, and parks it if it is time to. */
    @Nullable
    StreamState<S> refuse(Folded<S> folded, Throwable why, Failures failures) {
        Folded<S> decided = decide(folded.refused(why), failures);
        return decided.changesNothing()
                ? decided.before()
                : store(decided, next(decided).build(), decided.before().value(), failures);
    }
}
