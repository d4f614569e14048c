package io.daybook.inmemory;

import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A cache of read models in memory, for tests and single-instance services. The cache has a maximum number of documents
 * and evicts the least recently used one first. Thread-safe.
 *
 * <pre>{@code
 * ReadCache cache = new InMemoryReadCache(10_000);
 * }</pre>
 */
public final class InMemoryReadCache implements ReadCache {

    private record Held(CachedDocument document, Instant end) {}

    private final Clock clock;
    private final Map<String, Held> entries;

    /**
     * Creates an empty cache with the system clock.
     *
     * @param maxDocuments the maximum number of documents, 1 or more
     * @throws IllegalArgumentException if the number is less than 1
     */
    public InMemoryReadCache(int maxDocuments) {
        this(maxDocuments, Clock.systemUTC());
    }

    /**
     * Creates an empty cache.
     *
     * @param maxDocuments the maximum number of documents, 1 or more
     * @param clock the clock that determines when a document expires
     * @throws IllegalArgumentException if the number is less than 1
     */
    public InMemoryReadCache(int maxDocuments, Clock clock) {
        if (maxDocuments < 1) {
            throw new IllegalArgumentException("maxDocuments is " + maxDocuments + ": use 1 or more");
        }
        this.clock = clock;
        entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Held> eldest) {
                return size() > maxDocuments;
            }
        };
    }

    @Override
    public synchronized Optional<CachedDocument> get(String key) {
        Held entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(entry.end())) {
            entries.remove(key);
            return Optional.empty();
        }
        return Optional.of(entry.document());
    }

    @Override
    public synchronized void put(String key, CachedDocument document, Duration timeToLive) {
        boolean newerThere =
                get(key).filter(there -> there.revision() > document.revision()).isPresent();
        if (!newerThere) {
            entries.put(key, new Held(document, clock.instant().plus(timeToLive)));
        }
    }

    /** Removes all documents. */
    public synchronized void clear() {
        entries.clear();
    }
}
