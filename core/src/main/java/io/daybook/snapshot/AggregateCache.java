package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * A cache of the latest aggregate states. A repository runs a decision on the cached state without reading the stream
 * first. This is safe because the append fails if the state is stale. SPI; {@link #inMemory} returns the standard
 * implementation.
 *
 * <pre>{@code
 * AggregateRepository<Order> repository = orders.cache(AggregateCache.inMemory(10_000));
 * }</pre>
 *
 * <h2>The contract</h2>
 * The class {@code AggregateCacheContract} in the package {@code io.daybook.contract} of this module's test jar tests
 * the contract. A cache
 * <ul>
 *   <li>keeps one state for each stream. A state with the same schema version and a lower version never replaces it;
 *   <li>distinguishes streams by every character of their names, including case;
 *   <li>may drop any state at any time;
 *   <li>does not block: every command waits for it;
 *   <li>is thread-safe.
 * </ul>
 * If a cache throws, the repository logs and counts the failure ({@code AggregateRepository.snapshotFailures}) and reads the stream
 * instead.
 */
public interface AggregateCache {

    /**
     * Returns the cached state of a stream.
     *
     * @param stream the stream
     * @return the state, which may be outdated; empty if there is none
     */
    Optional<Snapshot<?>> get(StreamId stream);

    /**
     * Caches a state, unless the cache has a later state of the same schema version.
     *
     * @param snapshot the state after a commit; its class and schema version are those of the aggregate type
     */
    void put(Snapshot<?> snapshot);

    /**
     * Removes the state of a stream, if there is one. A repository calls this method if the stream was deleted, if the
     * stream has a different event at the version of the state, or if a read finds no event at that version.
     *
     * @param stream the stream
     */
    void remove(StreamId stream);

    /**
     * Returns a cache of the most recently used states.
     *
     * @param maxEntries the maximum number of states, 1 or more; the least recently used one is evicted first
     * @return an empty cache
     * @throws IllegalArgumentException if {@code maxEntries} is less than 1
     */
    static AggregateCache inMemory(int maxEntries) {
        return new LeastRecentlyUsedCache(maxEntries);
    }
}
