package io.daybook.inmemory;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A read model store in memory. Each query scans all documents. Thread-safe.
 *
 * <pre>{@code
 * ReadModelStore readModelStore = new InMemoryReadModelStore();
 * }</pre>
 */
public final class InMemoryReadModelStore implements ReadModelStore {

    private static final int MAX_BYTES = 1_800_000;
    private static final int SCAN_PAGE = 200;
    private static final Comparator<DocumentKey> BY_KEY =
            Comparator.comparing(DocumentKey::partition).thenComparing(DocumentKey::id);

    private final ConcurrentMap<String, Documents> collections = new ConcurrentHashMap<>();

    /** Creates an empty store. */
    public InMemoryReadModelStore() {}

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        return collections.computeIfAbsent(schema.id(), id -> new Documents());
    }

    @Override
    public void drop(ReadModelSchema schema) {
        Documents dropped = collections.get(schema.id());
        if (dropped != null) {
            dropped.clear();
        }
    }

    /** The documents of one read model. All members are guarded by this object's lock. */
    private static final class Documents implements ReadModelCollection {

        private final Map<DocumentKey, StoredDocument> documents = new HashMap<>();
        private final NavigableSet<DocumentKey> sortedKeys = new TreeSet<>(BY_KEY);
        private final List<DocumentKey> newKeys = new ArrayList<>(); // those that no scan has sorted yet
        private long writes;

        private synchronized void clear() {
            documents.clear();
            sortedKeys.clear();
            newKeys.clear();
        }

        @Override
        public synchronized Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            Map<DocumentKey, StoredDocument> found = new LinkedHashMap<>();
            for (DocumentKey key : keys) {
                StoredDocument document = documents.get(key);
                if (document != null) {
                    found.put(key, document);
                }
            }
            return found;
        }

        @Override
        public WriteResult write(List<StoredDocument> written) {
            require(written);
            synchronized (this) {
                for (StoredDocument document : written) {
                    StoredDocument stored = documents.get(document.key());
                    if (!document.etag().equals(stored == null ? "" : stored.etag())) {
                        return WriteResult.CONFLICT;
                    }
                }
                List<String> etags = new ArrayList<>(written.size());
                for (StoredDocument document : written) {
                    String etag = Long.toString(++writes);
                    if (documents.put(document.key(), document.stored(etag)) == null) {
                        newKeys.add(document.key());
                    }
                    etags.add(etag);
                }
                return WriteResult.written(etags);
            }
        }

        private static void require(List<StoredDocument> written) {
            if (written.size() == 1) {
                requireSmall(written.get(0));
                return;
            }
            HashSet<DocumentKey> keys = new HashSet<>();
            for (StoredDocument document : written) {
                DocumentKey key = document.key();
                if (!key.partition().equals(written.get(0).key().partition())) {
                    throw new IllegalArgumentException(
                            "the write contains documents of several partitions: use one write for each partition");
                }
                if (!keys.add(key)) {
                    throw new IllegalArgumentException(
                            "the write contains the document " + key.id() + " twice: write each document once");
                }
                requireSmall(document);
            }
            if (written.isEmpty() || written.size() > MAX_BATCH) {
                throw new IllegalArgumentException(
                        "the write contains " + written.size() + " documents: use 1 to " + MAX_BATCH);
            }
        }

        private static void requireSmall(StoredDocument document) {
            if (document.content().length() <= MAX_BYTES / 3) {
                return; // a char has 3 bytes at most
            }
            long bytes = document.content().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                throw new DocumentTooLargeException(document.key(), bytes, MAX_BYTES);
            }
        }

        @Override
        public synchronized List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            return sortedKeys().stream()
                    .map(documents::get)
                    .filter(filter::matches)
                    .filter(document -> after.isEmpty()
                            || PagePosition.of(filter, document).compareTo(after.get(), filter.isDescending()) > 0)
                    .sorted((one, other) -> PagePosition.of(filter, one)
                            .compareTo(PagePosition.of(filter, other), filter.isDescending()))
                    .limit(filter.limit())
                    .toList();
        }

        @Override
        public synchronized Page<StoredDocument> scan(Scan scan, String next) {
            NavigableSet<DocumentKey> keys = sortedKeys();
            List<StoredDocument> page = (next.isEmpty() ? keys : keys.tailSet(key(next), false))
                    .stream()
                            .map(documents::get)
                            .filter(scan::matches)
                            .limit(SCAN_PAGE + 1L)
                            .toList();
            if (page.size() <= SCAN_PAGE) {
                return new Page<>(page, Optional.empty());
            }
            DocumentKey last = page.get(SCAN_PAGE - 1).key();
            return new Page<>(
                    page.subList(0, SCAN_PAGE),
                    Optional.of(last.partition().length() + ":" + last.partition() + last.id()));
        }

        private NavigableSet<DocumentKey> sortedKeys() {
            sortedKeys.addAll(newKeys);
            newKeys.clear();
            return sortedKeys;
        }

        private static DocumentKey key(String next) {
            int colon = next.indexOf(':');
            int end = colon + 1 + Integer.parseInt(next.substring(0, colon));
            return new DocumentKey(next.substring(colon + 1, end), next.substring(end));
        }
    }
}
