package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * Keeps the latest snapshot of each stream: the SPI that a database adapter implements. What it promises is checked by
 * {@code SnapshotStoreContract}, which is shipped in the test jar of this module. Implementations are safe for use by
 * many threads.
 *
 * <p>A snapshot is a cache. A store may forget one at any time; a failure to load or save one is logged and counted by
 * the repository and never fails a command.
 */
public interface SnapshotStore {

    /**
     * Loads the latest snapshot of a stream.
     *
     * @param <S> the type of the state
     * @param stream the stream
     * @param stateType the class of the state
     * @param schemaVersion the version of the state's schema that the program knows
     * @return the snapshot, or empty if there is none with that schema version
     */
    <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion);

    /**
     * Saves a snapshot in place of an earlier one. One that is behind the stored one of the same schema version is
     * ignored: a snapshot never moves backwards.
     *
     * @param snapshot the snapshot
     */
    void save(Snapshot<?> snapshot);

    /**
     * Removes the snapshot of a stream, if there is one.
     *
     * @param stream the stream
     */
    void delete(StreamId stream);

    /**
     * Looks a state up in memory only. A repository decides on what this returns without reading the stream first, since
     * the append refuses a decision on a state that was overtaken. The default keeps nothing in memory.
     *
     * @param <S> the type of the state
     * @param stream the stream
     * @param stateType the class of the state
     * @param schemaVersion the version of the state's schema that the program knows
     * @return the state as it was last seen, or empty
     */
    default <S> Optional<Snapshot<S>> peek(StreamId stream, Class<S> stateType, int schemaVersion) {
        return Optional.empty();
    }

    /**
     * Offers the state after a commit to a store that keeps states in memory. The default ignores it.
     *
     * @param snapshot the state
     */
    default void remember(Snapshot<?> snapshot) {}

    /**
     * {@return whether {@link #remember} keeps anything, so that it is worth to take the state after each commit}
     */
    default boolean remembers() {
        return false;
    }

    /**
     * {@return a store that keeps nothing; useful behind {@link #cached}}
     */
    static SnapshotStore none() {
        return NoSnapshots.INSTANCE;
    }

    /**
     * Keeps the latest states in memory in front of another store. A repository that uses it decides on them without
     * reading first.
     *
     * @param behind the store that keeps snapshots for longer, or {@link #none()}
     * @param maxEntries the most states to keep in memory, 1 or more; the one that was not used for longest goes first
     * @return the store
     * @throws IllegalArgumentException if {@code maxEntries} is less than 1
     */
    static SnapshotStore cached(SnapshotStore behind, int maxEntries) {
        return new CachedSnapshots(behind, maxEntries);
    }
}
