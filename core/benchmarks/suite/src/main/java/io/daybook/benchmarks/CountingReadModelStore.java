package io.daybook.benchmarks;

import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The in-memory store, which counts the writes and reads of the documents of orders. */
final class CountingReadModelStore implements ReadModelStore {

    private final ReadModelStore store = new InMemoryReadModelStore();
    private final LongAdder writes = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private volatile CountDownLatch incomplete = new CountDownLatch(0);

    /** Expects a number of orders, each with {@link InterleavedOrders#EVENTS_OF_AN_ORDER} events. */
    void expect(int orders) {
        incomplete = new CountDownLatch(orders);
    }

    /** Waits until the documents of the expected orders show all events. */
    void await(Duration timeout) {
        try {
            if (!incomplete.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException(incomplete.getCount() + " documents do not show all events");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    long writes() {
        return writes.sum();
    }

    long reads() {
        return reads.sum();
    }

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        ReadModelCollection documents = store.open(schema);
        return new ReadModelCollection() {
            @Override
            public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
                Map<DocumentKey, StoredDocument> found = documents.read(keys);
                found.keySet().forEach(key -> reads.add(isOfOrder(key) ? 1 : 0));
                return found;
            }

            @Override
            public WriteResult write(List<StoredDocument> written) {
                WriteResult result = documents.write(written);
                written.forEach(CountingReadModelStore.this::count);
                return result;
            }

            @Override
            public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
                return documents.find(filter, after);
            }

            @Override
            public Page<StoredDocument> scan(Scan scan, String next) {
                return documents.scan(scan, next);
            }
        };
    }

    private void count(StoredDocument document) {
        if (isOfOrder(document.key())) {
            writes.increment();
            if (document.sequenceNumber() == InterleavedOrders.EVENTS_OF_AN_ORDER) {
                incomplete.countDown();
            }
        }
    }

    /** The collection also contains an internal document of the library. */
    private static boolean isOfOrder(DocumentKey key) {
        return key.id().startsWith("order-");
    }

    @Override
    public void drop(ReadModelSchema schema) {
        store.drop(schema);
    }
}
