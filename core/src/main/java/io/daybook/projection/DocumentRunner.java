package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Runs a projection of one stream into one document. */
final class DocumentRunner<D> extends ProjectionRunner<D> {

    private final String aggregateType;
    private final Function<D, Map<String, List<String>>> indexes;

    DocumentRunner(
            String aggregateType,
            ReadModelCollection documents,
            StreamFolder<D> folder,
            DocumentJson<D> json,
            Function<D, Map<String, List<String>>> indexes,
            ProjectionCounters counters,
            Parks parks) {
        super(documents, folder, json, counters, parks);
        this.aggregateType = aggregateType;
        this.indexes = indexes;
    }

    @Override
    StreamId streamOf(DocumentKey key) {
        return StreamId.of(aggregateType, key.id());
    }

    @Override
    DocumentKey keyOf(StreamId stream) {
        return DocumentKey.of(stream.aggregateId());
    }

    @Override
    Set<StreamId> write(Collection<Folded<D>> folded, Failures failures) {
        Set<StreamId> lost = new HashSet<>();
        for (Folded<D> each : folded) {
            D value = each.value();
            DocumentJson.Written<D> written;
            Map<String, List<String>> values;
            try {
                written = json.write(keyOf(each.stream()), value);
                values = value == null ? Map.of() : indexes.apply(value);
            } catch (RuntimeException e) {
                if (losesRefusing(each, e, failures)) {
                    lost.add(each.stream());
                }
                continue;
            }
            if (losesWriting(
                    each,
                    next(each)
                            .content(written.json())
                            .indexValues(values)
                            .listed(true)
                            .build(),
                    written.value(),
                    failures)) {
                lost.add(each.stream());
            }
        }
        return lost;
    }
}
