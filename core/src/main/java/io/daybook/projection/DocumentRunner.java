package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import io.daybook.subscription.FailurePolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a projection of each stream into one document. */
final class DocumentRunner<D> extends ProjectionRunner<D> {

    /** The id of the aggregate is the key. */
    private record Keys(String aggregateType) implements StreamKeys {
        @Override
        public StreamId streamOf(DocumentKey key) {
            return StreamId.of(aggregateType, key.id());
        }

        @Override
        public DocumentKey keyOf(StreamId stream) {
            return DocumentKey.of(stream.aggregateId());
        }

        @Override
        public boolean isOfStream(DocumentKey key) {
            return true;
        }
    }

    private final DocumentIndexes<D> indexes;
    private final SharedLoads<StreamId, StreamState<D>> loads = new SharedLoads<>();

    DocumentRunner(
            String aggregateType,
            ReadModelCollection documents,
            StreamFolder<D> folder,
            DocumentJson<D> json,
            DocumentIndexes<D> indexes,
            ProjectionCounters counters,
            Parks parks) {
        super(documents, new Keys(aggregateType), folder, json, counters, parks);
        this.indexes = indexes;
    }

    /** Reads a document, or shares a read in progress if that reaches the version. */
    StreamState<D> shared(StreamId stream, long version, Supplier<StreamState<D>> read) {
        return loads.load(stream, version, state -> state.document().gone() || state.number() >= version, read);
    }

    @Override
    boolean shows(StoredDocument stored, @Nullable D value) {
        return super.shows(stored, value)
                && stored.indexValues().equals(value == null ? Map.of() : indexes.valuesOf(value))
                && (value == null || stored.listed());
    }

    @Override
    @Nullable
    GroupVerifier<D, ?> groupVerifier() {
        return null;
    }

    @Override
    ScanTarget scanTarget() {
        return new KeptStates<>(this, 10_000, 200);
    }

    @Override
    Map<StreamId, StreamState<D>> write(Collection<Folded<D>> folded, Failures failures) {
        Map<StreamId, StreamState<D>> stored = new LinkedHashMap<>();
        List<Next<D>> writes = new ArrayList<>();
        for (Folded<D> each : folded) {
            try {
                writes.add(nextOf(each));
            } catch (RuntimeException | StackOverflowError e) {
                if (!FailurePolicy.isOfEvent(e)) {
                    throw e;
                }
                StreamState<D> state = refuse(each, e, failures);
                if (state != null) {
                    stored.put(each.stream(), state);
                }
            }
        }
        stored.putAll(store(writes, failures));
        return stored;
    }

    private Next<D> nextOf(Folded<D> folded) {
        D value = folded.value();
        DocumentJson.Written<D> written = json.write(keys.keyOf(folded.stream()), value);
        StoredDocument next = next(folded)
                .content(written.json())
                .indexValues(value == null ? Map.of() : indexes.valuesOf(value))
                .listed(true)
                .build();
        return new Next<>(folded, next, written.value());
    }
}
