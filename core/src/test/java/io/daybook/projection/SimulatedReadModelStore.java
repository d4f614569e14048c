package io.daybook.projection;

import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A store whose calls are scheduled, fail and lose their replies. It reports what was written. */
final class SimulatedReadModelStore implements ReadModelStore {

    final ReadModelStore store = new InMemoryReadModelStore();
    private final SimulatedWorkers workers;
    private final BiConsumer<ReadModelSchema, StoredDocument> written;

    SimulatedReadModelStore(SimulatedWorkers workers, BiConsumer<ReadModelSchema, StoredDocument> written) {
        this.workers = workers;
        this.written = written;
    }

    private <T> T call(Supplier<T> answer) {
        SimulatedWorkers.Fate fate = workers.yield();
        T answered = fate == SimulatedWorkers.Fate.NOT_SENT ? null : answer.get();
        if (fate != SimulatedWorkers.Fate.ANSWERED) {
            throw new ReadModelUnavailableException("simulated", null, null);
        }
        return answered;
    }

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        ReadModelCollection documents = store.open(schema);
        return new ReadModelCollection() {
            @Override
            public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
                return call(() -> documents.read(keys));
            }

            @Override
            public WriteResult write(List<StoredDocument> each) {
                return call(() -> {
                    WriteResult result = documents.write(each);
                    if (result.isWritten()) {
                        each.forEach(document -> written.accept(schema, document));
                    }
                    return result;
                });
            }

            @Override
            public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
                return call(() -> documents.find(filter, after));
            }

            @Override
            public Page<StoredDocument> scan(Scan scan, String next) {
                return call(() -> documents.scan(scan, next));
            }
        };
    }

    @Override
    public void drop(ReadModelSchema schema) {
        call(() -> {
            store.drop(schema);
            return "";
        });
    }
}
