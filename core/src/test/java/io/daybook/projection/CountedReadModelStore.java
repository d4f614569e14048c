package io.daybook.projection;

import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory that counts the requests. */
final class CountedReadModelStore implements ReadModelStore {

    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger groupWrites = new AtomicInteger();
    final AtomicInteger groupWritesAtOnce = new AtomicInteger();
    final AtomicInteger finds = new AtomicInteger();
    volatile Runnable beforeRead = () -> {};
    private final ReadModelStore store = new InMemoryReadModelStore();

    private static boolean isOfGroup(List<StoredDocument> written) {
        return written.get(0).key().partition().startsWith("g");
    }

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        return new ForwardingCollection(store.open(schema)) {
            @Override
            public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
                reads.incrementAndGet();
                beforeRead.run();
                return super.read(keys);
            }

            @Override
            public WriteResult write(List<StoredDocument> written) {
                writes.incrementAndGet();
                if (isOfGroup(written)) {
                    groupWrites.incrementAndGet();
                }
                return super.write(written);
            }

            @Override
            public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
                int groups = (int)
                        writes.stream().filter(CountedReadModelStore::isOfGroup).count();
                groupWritesAtOnce.accumulateAndGet(groups, Math::max);
                return super.writeEach(writes);
            }

            @Override
            public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
                finds.incrementAndGet();
                return super.find(filter, after);
            }
        };
    }

    @Override
    public void drop(ReadModelSchema schema) {
        store.drop(schema);
    }
}
