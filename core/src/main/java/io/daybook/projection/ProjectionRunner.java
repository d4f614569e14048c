package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
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
 * A runner that projects pages of events into documents. It has no thread and no clock: the thread of the caller makes every call to a
 * store. Safe for many threads and instances, because each write is conditional on the etag of the document that it replaces.
 */
abstract class ProjectionRunner<S> {

    private static final Logger log = LoggerFactory.getLogger(ProjectionRunner.class);
    static final int MAX_RACES = 20;

    final ReadModelCollection documents;
    final StreamKeys keys;
    final StreamDocuments<S> states;
    final StreamFolder<S> folder;
    final DocumentJson<S> json;
    final ProjectionCounters counters;
    private final Parks parks;

    ProjectionRunner(
            ReadModelCollection documents,
            StreamKeys keys,
            StreamFolder<S> folder,
            DocumentJson<S> json,
            ProjectionCounters counters,
            Parks parks) {
        this.documents = documents;
        this.keys = keys;
        this.states = new StreamDocuments<>(documents, keys, json, counters);
        this.folder = folder;
        this.json = json;
        this.counters = counters;
        this.parks = parks;
    }

    /**
     * Writes the folded states of streams.
     *
     * @return the stored states; a stream that is missing lost a race and has to be folded again
     */
    abstract Map<StreamId, StreamState<S>> write(Collection<Folded<S>> folded, Failures failures);

    private Failures failures() {
        return new Failures(parks, counters);
    }

    /** Groups the events of projected streams by stream. */
    Map<StreamId, List<EventEnvelope>> byStream(List<EventEnvelope> events) {
        Map<StreamId, List<EventEnvelope>> byStream = new LinkedHashMap<>();
        for (EventEnvelope event : events) {
            EventMetadata metadata = event.metadata();
            if (folder.isOf(metadata.aggregateType())) {
                byStream.computeIfAbsent(
                                StreamId.of(metadata.aggregateType(), metadata.aggregateId()),
                                unseen -> new ArrayList<>())
                        .add(event);
            }
        }
        return byStream;
    }

    /** Returns the metadata of the events of projected streams. */
    List<EventMetadata> projected(List<EventEnvelope> events) {
        return events.stream()
                .map(EventEnvelope::metadata)
                .filter(event -> folder.isOf(event.aggregateType()))
                .toList();
    }

    /** Projects delivered events; returns when all are stored, skipped or parked. */
    void project(List<EventEnvelope> events) {
        Map<StreamId, List<EventEnvelope>> byStream = byStream(events);
        Failures failures = failures();
        run(
                states.load(byStream.keySet()),
                (stream, before) -> before.isParked()
                        ? null
                        : folder.fold(stream, before, byStream.getOrDefault(stream, List.of())),
                failures);
        failures.throwFirst();
    }

    /** Projects events, without pauses between the attempts, and parks the streams that fail. */
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

    /** Marks the document of a stream as deleted. */
    void deleted(StreamId stream, long version) {
        if (folder.isOf(stream)) {
            run(states.load(List.of(stream)), (same, before) -> Folded.gone(same, before, version), failures());
        }
    }

    /**
     * Brings a document up to date with the last stored event, even if its stream is parked.
     *
     * @return the stored state
     * @throws ProjectionFailedException if an event cannot be projected; those before it are stored
     */
    StreamState<S> catchUp(StreamState<S> state) {
        StreamId stream = keys.streamOf(state.document().key());
        Failures failures = failures();
        Map<StreamId, StreamState<S>> stored = run(Map.of(stream, state), folder::catchUp, failures);
        failures.throwFirst();
        return Objects.requireNonNull(stored.get(stream));
    }

    /** Returns what verifies the groups; null if there are none. */
    abstract @Nullable GroupVerifier<S, ?> groupVerifier();

    /** Returns the target of a scan of all events. */
    abstract ScanTarget scanTarget();

    /** Writes the results of a scan. Returns the streams that need no more work; another one lost a race or cannot be written. */
    Set<StreamId> writeScanned(List<Folded<S>> folded) {
        Failures failures = failures();
        Set<StreamId> written = new LinkedHashSet<>(write(folded, failures).keySet());
        written.removeAll(failures.retried());
        return written;
    }

    /**
     * Brings a stream to its last event or parks it, without pauses between the attempts.
     *
     * @param number the sequence number of this event; a document at this event, or at a greater number, needs no more
     *     work
     * @throws ProjectionFailedException if an event cannot be projected and no more streams are parked
     */
    void settle(StreamId stream, long number, String eventId) {
        Failures failures = failures();
        for (int attempt = 0; attempt == 0 || (attempt < parks.attempts() && !failures.isEmpty()); attempt++) {
            states.forget(stream);
            failures = failures();
            run(
                    states.load(List.of(stream)),
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

    /** Folds a stream from its first event and replaces its document, even with an equal one. */
    void rebuild(StreamId stream) {
        Failures failures = failures();
        for (int races = 0; races < MAX_RACES; races++) {
            states.forget(stream);
            StreamState<S> before = states.readable(
                    Objects.requireNonNull(states.stored(Set.of(stream)).get(stream)));
            Folded<S> folded = foldOrSkip(stream, before, folder::again);
            if (folded == null
                    || before.document().gone()
                    || write(List.of(failures.decide(folded)), failures).containsKey(stream)) {
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

    /** Returns whether a document shows the folded state of its stream's events. */
    boolean shows(StoredDocument stored, @Nullable S value) {
        return json.shows(stored, value);
    }

    /**
     * Brings parked streams up to date.
     *
     * @return the number of streams that are no longer parked
     */
    int retryParked() {
        return retryParked(any -> true);
    }

    /** Brings some of the parked streams up to date. */
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
                    catchUp(states.state(parked));
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
                Folded<S> decided = folded == null ? null : failures.decide(folded);
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
            if (settled.size() == loaded.size()) {
                return settled;
            }
            Set<StreamId> lost = new LinkedHashSet<>(pending.keySet());
            lost.removeAll(settled.keySet());
            pending = states.load(lost);
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

    /** Starts the next revision of a stream's document. */
    StoredDocument.Builder next(Folded<S> folded) {
        return folded.before()
                .document()
                .next()
                .position(folded.number(), folded.eventId())
                .gone(folded.gone())
                .parking(folded.parking());
    }

    /** The next state of a stream, with the document to write. */
    record Next<S>(Folded<S> folded, StreamState<S> state) {
        Next(Folded<S> folded, StoredDocument document, @Nullable S value) {
            this(folded, new StreamState<>(document, value));
        }
    }

    /**
     * Writes the documents of streams.
     *
     * @return the stored states; a stream is missing if another writer was faster, or if the outcome is unknown, which the
     *     position then shows
     */
    Map<StreamId, StreamState<S>> store(List<Next<S>> writes, Failures failures) {
        Map<StreamId, StreamState<S>> all = new LinkedHashMap<>();
        List<WriteResult> results = states.write(
                writes.stream().map(next -> next.state().document()).toList());
        for (int i = 0; i < writes.size(); i++) {
            StreamState<S> stored = stored(writes.get(i), results.get(i), failures);
            if (stored != null) {
                all.put(writes.get(i).folded().stream(), stored);
            }
        }
        return all;
    }

    private @Nullable StreamState<S> stored(Next<S> next, WriteResult result, Failures failures) {
        Folded<S> folded = next.folded();
        try {
            StreamState<S> stored = states.replaced(next.state(), result);
            if (stored != null && folded.poison() == null) {
                parks.succeeded(folded.stream());
            }
            return stored;
        } catch (DocumentTooLargeException e) {
            return refuse(folded, e, failures);
        }
    }

    /** Leaves a document at its position, and parks the stream if it has failed often enough. */
    @Nullable
    StreamState<S> refuse(Folded<S> folded, Throwable why, Failures failures) {
        Folded<S> decided = failures.decide(folded.refused(why));
        return decided.changesNothing()
                ? decided.before()
                : store(
                                List.of(new Next<>(
                                        decided,
                                        next(decided).build(),
                                        decided.before().value())),
                                failures)
                        .get(decided.stream());
    }
}
