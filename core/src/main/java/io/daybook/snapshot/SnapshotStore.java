package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * A store for the latest snapshot of each stream. SPI for database adapters.
 *
 * <pre>{@code
 * AggregateRepository<Order> repository = orders.snapshots(snapshotStore, SnapshotPolicy.everyEvents(100));
 * }</pre>
 *
 * <h2>The contract</h2>
 * The class {@code SnapshotStoreContract} in the package {@code io.daybook.contract} of this module's test jar tests
 * the contract. A store
 * <ul>
 *   <li>keeps one snapshot for each stream, the latest. A snapshot with the same schema version and a lower version
 *       never replaces it, no matter which of several writers saves last;
 *   <li>allows a snapshot of another schema version to replace the stored one, at any stream version. Both a new
 *       release of the program and the old one after a rollback can then store their snapshots;
 *   <li>returns either nothing or a state that equals the saved one, with every digit and with the saved shape. It does
 *       not return a snapshot with a schema version other than the requested one. The state that a repository saves is
 *       JSON that was read back, a {@link com.fasterxml.jackson.databind.JsonNode}, so no store needs the user's
 *       classes or mapper;
 *   <li>distinguishes streams by every character of their names, including case;
 *   <li>may drop any snapshot at any time: a snapshot is a cache;
 *   <li>throws an unchecked exception that describes why it could not load or save a snapshot. The repository logs and
 *       counts the failure ({@code AggregateRepository.snapshotFailures}) and reads the events instead. No command
 *       fails because of it;
 *   <li>does not check whether a snapshot matches its stream. The repository does, by comparing the id of the event at the snapshot's
 *       version;
 *   <li>limits its waiting time, preferably to a few seconds: a command waits for the load before its decision, and the
 *       sender waits for the save after the commit;
 *   <li>is thread-safe.
 * </ul>
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
     * Saves a snapshot, which replaces an earlier one. A snapshot older than the stored one of the same schema version
     * is ignored: snapshots never move backward.
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
     * {@return a store that keeps nothing; the default of a repository}
     */
    static SnapshotStore none() {
        return NoSnapshots.INSTANCE;
    }
}
