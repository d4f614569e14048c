package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * Keeps the latest snapshot of each stream: the SPI that a database adapter implements.
 *
 * <pre>{@code
 * SnapshotStore inFront = SnapshotStore.cached(snapshotStore, 10_000); // the states used last, in memory
 * AggregateRepository<Order> repository = orders.snapshots(inFront, SnapshotPolicy.everyEvents(100));
 * }</pre>
 *
 * <h2>The contract</h2>
 * It is checked by {@code SnapshotStoreContract} in the package {@code io.daybook.contract} of this module's test jar. A store
 * <ul>
 *   <li>keeps one snapshot for each stream, the latest; one behind it, of the same schema version, never takes its place, whichever of
 *       several writers comes last;
 *   <li>lets one of another schema version take its place at whatever version, so that a new release of the program gets its snapshots, and
 *       so does the old one when it is brought back;
 *   <li>gives back an equal state, with every digit, and the shape it was saved with, or nothing: another schema version than the one
 *       asked for is nothing. The state that a repository saves is JSON which was read back, a
 *       {@link com.fasterxml.jackson.databind.JsonNode}, so no store needs to know the user's classes or mapper;
 *   <li>tells streams apart by every character of their names, upper and lower case included;
 *   <li>may forget any of them at any time: a snapshot is a cache;
 *   <li>throws whatever unchecked exception says best why it could not load or save one. The repository logs and counts it
 *       ({@code AggregateRepository.snapshotFailures}) and reads the events instead; no command fails of it;
 *   <li>does not check whether a snapshot fits its stream: the repository does, by the id of the event at its version;
 *   <li>bounds how long it waits, best by a few seconds: a command waits for a load before its decision, and its sender for a save after
 *       the commit;
 *   <li>is safe for use by many threads.
 * </ul>
 * {@link #peek peek}, {@link #remember remember}, {@link #forget forget} and {@link #remembers} are for a store that keeps states in memory; others leave them as
 * they are.
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
     * Saves a snapshot in place of an earlier one. It does not replace what is kept in memory, see {@link #remember remember}. One that is behind the stored one of the same schema version is
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
     * Drops a state from memory and leaves a snapshot that is stored durably as it is. A repository calls this when it cannot tell
     * whether the state is ahead of its stream or the read was behind. The default does nothing.
     *
     * @param stream the stream
     */
    default void forget(StreamId stream) {}

    /**
     * {@return whether {@link #remember remember} keeps anything, so that it is worth to take the state after each commit}
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
