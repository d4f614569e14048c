package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * Stores the latest snapshot of each stream. SPI for database adapters.
 *
 * <pre>{@code
 * SnapshotStore inFront = SnapshotStore.cached(snapshotStore, 10_000); // the states used last, in memory
 * AggregateRepository<Order> repository = orders.snapshots(inFront, SnapshotPolicy.everyEvents(100));
 * }</pre>
 *
 * <h2>The contract</h2>
 * The {@code SnapshotStoreContract} in the package {@code io.daybook.contract} of this module's test jar checks it. A store
 * <ul>
 *   <li>keeps one snapshot for each stream, the latest. A snapshot of the same schema version with a lower version never replaces it,
 *       whichever of several writers comes last;
 *   <li>lets a snapshot of another schema version replace it, at any version. A new release of the program can then store its snapshots,
 *       and so can the old one after a rollback;
 *   <li>returns an equal state, with every digit, and the shape it was saved with, or nothing. A snapshot of another schema version than
 *       the requested one counts as nothing. The state that a repository saves is JSON that was read back, a
 *       {@link com.fasterxml.jackson.databind.JsonNode}, so no store needs the user's classes or mapper;
 *   <li>distinguishes streams by every character of their names, including case;
 *   <li>may drop any snapshot at any time: a snapshot is a cache;
 *   <li>throws whichever unchecked exception best describes why it could not load or save a snapshot. The repository logs and counts it
 *       ({@code AggregateRepository.snapshotFailures}) and reads the events instead. No command fails because of it;
 *   <li>does not check whether a snapshot matches its stream: the repository does, by the id of the event at its version;
 *   <li>limits how long it waits, preferably to a few seconds: a command waits for a load before its decision, and its sender for a save
 *       after the commit;
 *   <li>is thread-safe.
 * </ul>
 * {@link #peek peek}, {@link #remember remember}, {@link #forget forget} and {@link #remembers} are for stores that keep states in memory.
 * Other stores do not override them.
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
     * Saves a snapshot and replaces an earlier one. A snapshot older than the stored one of the same schema version is ignored: snapshots
     * never move backward. This method does not replace the state that is kept in memory, see {@link #remember remember}.
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
     * Looks up a state in memory only. A repository uses this state without reading the stream first, since the append rejects a decision
     * that is based on an outdated state. The default keeps nothing in memory.
     *
     * @param <S> the type of the state
     * @param stream the stream
     * @param stateType the class of the state
     * @param schemaVersion the version of the state's schema that the program knows
     * @return the most recently seen state, or empty
     */
    default <S> Optional<Snapshot<S>> peek(StreamId stream, Class<S> stateType, int schemaVersion) {
        return Optional.empty();
    }

    /**
     * Passes the state after a commit to a store that keeps states in memory. The default ignores it.
     *
     * @param snapshot the state
     */
    default void remember(Snapshot<?> snapshot) {}

    /**
     * Drops a state from memory. A durably stored snapshot is unchanged. A repository calls this method when it cannot determine whether
     * the state is ahead of its stream or the read was stale. The default does nothing.
     *
     * @param stream the stream
     */
    default void forget(StreamId stream) {}

    /**
     * {@return whether {@link #remember remember} keeps anything, so that taking the state after each commit is worthwhile}
     */
    default boolean remembers() {
        return false;
    }

    /**
     * {@return a store that keeps nothing; useful behind {@link #cached cached}}
     */
    static SnapshotStore none() {
        return NoSnapshots.INSTANCE;
    }

    /**
     * Returns a store that caches the latest states of another store in memory. A repository uses cached states without reading the stream
     * first.
     *
     * @param behind the store that keeps snapshots for longer, or {@link #none()}
     * @param maxEntries the maximum number of states in memory, 1 or more; the least recently used state is evicted first
     * @return the store
     * @throws IllegalArgumentException if {@code maxEntries} is less than 1
     */
    static SnapshotStore cached(SnapshotStore behind, int maxEntries) {
        return new CachedSnapshots(behind, maxEntries);
    }
}
