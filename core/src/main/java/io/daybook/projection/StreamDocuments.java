package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The documents of streams with the values in them. The most recently used states are kept in memory. Safe for many
 * threads and instances.
 */
final class StreamDocuments<S> {

    private final ReadModelCollection documents;
    private final StreamKeys keys;
    private final DocumentJson<S> json;
    private final ProjectionCounters counters;
    private final StateCache<S> cache = new StateCache<>(10_000, 64L << 20);

    StreamDocuments(ReadModelCollection documents, StreamKeys keys, DocumentJson<S> json, ProjectionCounters counters) {
        this.documents = documents;
        this.keys = keys;
        this.json = json;
        this.counters = counters;
    }

    /** Clears the states in memory, because the documents were deleted. */
    void forget() {
        cache.clear();
    }

    /** Clears the state of a stream in memory, because another writer may have replaced it. */
    void forget(StreamId stream) {
        cache.remove(keys.keyOf(stream));
    }

    /** Reads the stored documents of streams, bypassing the cache. A stream without a document gets one at position 0. */
    Map<StreamId, StoredDocument> stored(Collection<StreamId> streams) {
        Map<StreamId, StoredDocument> stored = new LinkedHashMap<>();
        streams.forEach(stream -> stored.put(stream, none(stream).document()));
        if (!streams.isEmpty()) {
            documents
                    .read(streams.stream().map(keys::keyOf).toList())
                    .forEach((key, document) -> stored.put(keys.streamOf(key), document));
        }
        return stored;
    }

    /** Returns the state of a stream that has no document. */
    StreamState<S> none(StreamId stream) {
        return new StreamState<>(
                StoredDocument.builder(keys.keyOf(stream)).revision(0).build(), null);
    }

    /** Reads the stored state of a stream. */
    StreamState<S> read(StreamId stream) {
        cache.remove(keys.keyOf(stream));
        return Objects.requireNonNull(load(List.of(stream)).get(stream));
    }

    /** Loads the states that are not in memory, with one read. */
    Map<StreamId, StreamState<S>> load(Collection<StreamId> streams) {
        Map<StreamId, StreamState<S>> states = new LinkedHashMap<>();
        List<DocumentKey> missing = new ArrayList<>();
        for (StreamId stream : streams) {
            StreamState<S> known = cache.get(keys.keyOf(stream));
            if (known == null) {
                missing.add(keys.keyOf(stream));
                known = none(stream);
            }
            states.put(stream, known);
        }
        if (!missing.isEmpty()) {
            documents.read(missing).forEach((key, stored) -> {
                StreamState<S> state = state(stored);
                states.put(keys.streamOf(key), state);
                cache.put(state);
            });
        }
        return states;
    }

    /** Reads the documents that are parked. */
    Map<StreamId, Parking> parked() {
        Map<StreamId, Parking> parked = new LinkedHashMap<>();
        String next = "";
        do {
            Page<StoredDocument> page = documents.scan(Scan.parked(), next);
            page.items()
                    .forEach(document -> document.parking()
                            .ifPresent(parking -> parked.put(keys.streamOf(document.key()), parking)));
            next = page.next().orElse("");
        } while (!next.isEmpty());
        return parked;
    }

    /** Returns the state that a document holds. */
    StreamState<S> state(StoredDocument stored) {
        return new StreamState<>(stored, json.read(stored.key(), stored.content()));
    }

    /** Returns the stored state, or an empty one if the document was edited and cannot be read. */
    StreamState<S> readable(StoredDocument stored) {
        try {
            return state(stored);
        } catch (RuntimeException e) {
            return new StreamState<>(
                    stored.next().content("").revision(stored.revision()).build(), null);
        }
    }

    /** Replaces documents of streams, regardless of each other. */
    List<WriteResult> write(List<StoredDocument> next) {
        return documents.writeEach(next.stream().map(List::of).toList());
    }

    /**
     * Returns the state that a write has stored; null if another writer was faster, or the outcome is unknown.
     *
     * @throws DocumentTooLargeException if the write failed for this reason
     */
    @Nullable
    StreamState<S> replaced(StreamState<S> next, WriteResult result) {
        if (result.isWritten()) {
            counters.written(1);
            StreamState<S> stored =
                    new StreamState<>(next.document().stored(result.etags().get(0)), next.value());
            cache.put(stored);
            return stored;
        }
        cache.remove(next.document().key());
        if (result.failure().orElse(null) instanceof DocumentTooLargeException tooLarge) {
            throw tooLarge;
        }
        counters.conflict();
        return null;
    }
}
