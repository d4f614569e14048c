package io.daybook.readmodel;

import java.time.Duration;
import java.util.Optional;

/**
 * A cache in front of a {@link ReadModelStore}. SPI for caches, which all instances of a service can share. {@code InMemoryReadCache} is a
 * cache for one process. Thread-safe.
 *
 * <pre>{@code
 * ReadCache cache = new InMemoryReadCache(10_000);
 * cache.put("order-summaries-1:42", new CachedDocument(7, "{}"), Duration.ofMinutes(5));
 * cache.put("order-summaries-1:42", new CachedDocument(6, "{}"), Duration.ofMinutes(5)); // keeps revision 7
 * }</pre>
 *
 * <p>Implementations must meet this contract, which the class {@code ReadCacheContract} in the package
 * {@code io.daybook.contract} of this module's test jar tests:
 * <ul>
 *   <li>A put never replaces a higher revision of the same key. The comparison and the put are one atomic step, even
 *       across instances.
 *   <li>A get returns either nothing or a document that was put under exactly that key, unchanged. A cache may evict a
 *       document at any time, and must evict it when its time to live ends.
 *   <li>Keys that differ in any character, even if only in case, are different keys.
 *   <li>If the cache cannot be reached, a call fails within a second or two. It may throw any exception: the caller
 *       then reads from the store, and tries the cache again after a pause.
 * </ul>
 */
public interface ReadCache {

    /**
     * Returns a document.
     *
     * @param key the key, 1 to 2,000 characters
     * @return the document; empty if the cache does not hold it
     */
    Optional<CachedDocument> get(String key);

    /**
     * Stores a document, unless the cache holds a higher revision of it.
     *
     * @param key the key, 1 to 2,000 characters
     * @param document the document
     * @param timeToLive the time after which the document is evicted, 1 ms or more
     */
    void put(String key, CachedDocument document, Duration timeToLive);
}
