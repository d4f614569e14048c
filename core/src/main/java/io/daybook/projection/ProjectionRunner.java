package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner that projects pages of events into documents. It has no thread and no clock: the thread of the caller makes every call to a store.
 * Safe for many threads and instances, since each write is conditional on the etag of the document that it replaces.
 */
abstract class ProjectionRunner<S> {

    private static final Logger log = LoggerFactory.getLogger(ProjectionRunner.class);
    private static final int MAX_RACES = 20;

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
     * @return the streams that lost a race and have to be folded again
     */
    abstract Set<StreamId> write(Collection<Folded<S>> folded, Failures failures);

    /** Streams whose events could not be projected, and that are not parked. */
    static final class Failures {
        private final Map<StreamId, Poison> retried = new LinkedHashMap<>();
        private final Set<StreamId> counted = new HashSet<>();

        void add(StreamId stream, Poison poison) {
            retried.putIfAbsent(stream, poison);
        }

        void throwFirst() {
            retried.forEach((stream, poison) -> {
                throw new ProjectionFailedException(stream, poison.number(), poison.failure());
            });
        }
    }

    /** Projects delivered events; returns when all are stored, skipped or parked. */
    void project(List<EventEnvelope> events) {
        Map<StreamId, List<EventEnvelope>> byStream = new LinkedHashMap<>();
        for (EventEnvelope event : events) {
            StreamId stream = StreamId.of(
                    event.metadata().aggregateType(), event.metadata().aggregateId());
            if (folder.isOf(stream)) {
                byStream.computeIfAbsent(stream, unseen -> new ArrayList<>()).add(event);
            }
        }
        Failures failures = new Failures();
        run(
                byStream.keySet(),
                (stream, before) -> before.isParked()
                        ? null
                        : folder.fold(stream, before, byStream.getOrDefault(stream, List.of())),
                failures);
        failures.throwFirst();
    }

    /** Marks a stream as deleted. */
    void deleted(StreamId stream, long version) {
        if (folder.isOf(stream)) {
            run(List.of(stream), (same, before) -> Folded.gone(same, before, version), new Failures());
        }
    }

    /**
     * Brings a stream to the last stored event, even if the stream is parked.
     *
     * @throws ProjectionFailedException if an event cannot be projected; those before it are stored
     */
    void catchUp(StreamId stream) {
        cache.remove(keyOf(stream));
        Failures failures = new Failures();
        run(List.of(stream), folder::catchUp, failures);
        failures.throwFirst();
    }

    /** What is stored of a stream now. */
    StreamState<S> read(StreamId stream) {
        cache.remove(keyOf(stream));
        return load(List.of(stream)).get(0);
    }

    /** What the event store makes of a stream; stores nothing. */
    StreamState<S> folded(StreamId stream) {
        Folded<S> folded = folder.catchUp(stream, read(stream));
        return new StreamState<>(next(folded).build(), folded.value());
    }

    /**
     * Brings the streams forward that are parked.
     *
     * @return how many are not parked any more
     */
    int retryParked() {
        int unparked = 0;
        String next = "";
        do {
            Page<StoredDocument> page = documents.scan(Scan.parked(), next);
            for (StoredDocument parked : page.items()) {
                try {
                    catchUp(streamOf(parked.key()));
                    unparked++;
                } catch (ProjectionFailedException e) {
                    log.warn("parked stream failed again stream={} number={}", e.stream(), e.number(), e.getCause());
                }
            }
            next = page.next().orElse("");
        } while (!next.isEmpty());
        return unparked;
    }

    private void run(
            Collection<StreamId> streams,
            BiFunction<StreamId, StreamState<S>, @Nullable Folded<S>> fold,
            Failures failures) {
        List<StreamId> pending = new ArrayList<>(streams);
        for (int races = 0; !pending.isEmpty(); races++) {
            if (races == MAX_RACES) {
                throw new ReadModelUnavailableException(
                        "other instances were faster " + races + " times in a row: retry", null, null);
            }
            List<Folded<S>> changed = new ArrayList<>();
            List<StreamState<S>> states = load(pending);
            for (int i = 0; i < pending.size(); i++) {
                StreamId stream = pending.get(i);
                StreamState<S> before = states.get(i);
                Folded<S> folded = before.document().gone() ? null : foldOrSkip(stream, before, fold);
                if (folded != null) {
                    Folded<S> decided = decide(folded, failures);
                    if (!decided.changesNothing()) {
                        changed.add(decided);
                    }
                }
            }
            pending = new ArrayList<>(write(changed, failures));
        }
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
            parks.succeeded(folded.stream());
            return folded;
        }
        if (folded.before().isParked()) {
            failures.add(folded.stream(), poison);
            return folded.parked(parks.parking(
                    poison, folded.before().document().parking().orElseThrow().attempts() + 1));
        }
        if (failures.counted.add(folded.stream())) {
            Parking parking = parks.failed(folded.stream(), poison);
            if (parking != null) {
                counters.parked();
                return folded.parked(parking);
            }
            failures.add(folded.stream(), poison);
        }
        return folded;
    }

    /** Loads what is not in memory, with one read. */
    List<StreamState<S>> load(List<StreamId> streams) {
        Map<DocumentKey, StreamState<S>> states = new LinkedHashMap<>();
        List<DocumentKey> missing = new ArrayList<>();
        for (StreamId stream : streams) {
            StreamState<S> known = cache.get(keyOf(stream));
            if (known == null) {
                missing.add(keyOf(stream));
            } else {
                states.put(keyOf(stream), known);
            }
        }
        if (!missing.isEmpty()) {
            Map<DocumentKey, StoredDocument> read = documents.read(missing);
            for (DocumentKey key : missing) {
                StoredDocument stored = read.get(key);
                StreamState<S> state = stored == null
                        ? new StreamState<>(
                                StoredDocument.builder(key).revision(0).build(), null)
                        : new StreamState<>(stored, json.read(key, stored.content()));
                states.put(key, state);
                if (stored != null) {
                    cache.put(state);
                }
            }
        }
        return streams.stream()
                .map(stream -> Objects.requireNonNull(states.get(keyOf(stream))))
                .toList();
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
     * @return whether another writer was faster, or the outcome is not known, so that the position tells
     */
    boolean losesWriting(Folded<S> folded, StoredDocument next, @Nullable S value, Failures failures) {
        try {
            WriteResult result = documents.write(List.of(next));
            if (result.isWritten()) {
                counters.written(1);
                cache.put(new StreamState<>(next.stored(result.etags().get(0)), value));
                return false;
            }
            counters.conflict();
        } catch (ReadModelUnavailableException e) {
            counters.conflict();
        } catch (DocumentTooLargeException e) {
            return losesRefusing(folded, e, failures);
        }
        cache.remove(next.key());
        return true;
    }

    /** Leaves a stream where it is, and parks it if it is time to. */
    boolean losesRefusing(Folded<S> folded, RuntimeException why, Failures failures) {
        Folded<S> decided = decide(folded.refused(why), failures);
        return !decided.changesNothing()
                && losesWriting(decided, next(decided).build(), decided.before().value(), failures);
    }
}
