package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;

/**
 * The state of an aggregate at one version. A repository creates snapshots, and a {@link SnapshotStore} stores them.
 * Immutable, and thread-safe if the state is thread-safe.
 *
 * @param <S> the type of the state, an immutable value, preferably a record
 * @param stream the stream of the aggregate
 * @param version the sequence number of the last event that is included in the state, from 1
 * @param eventId the id of that event; a snapshot is discarded if its stream has another event at that version
 * @param schemaVersion the version of the state's schema, from 1
 * @param shape a fingerprint of the members of the state's class; empty if unknown
 * @param state the state; may be shared by many threads and must not be modified. A repository passes it to a {@link SnapshotStore} as
 *     JSON, a {@link com.fasterxml.jackson.databind.JsonNode}
 */
public record Snapshot<S>(StreamId stream, long version, String eventId, int schemaVersion, String shape, S state) {

    /**
     * Checks the versions.
     *
     * @param stream the stream
     * @param version the version
     * @param eventId the id of the event at that version
     * @param schemaVersion the version of the state's schema
     * @param shape a fingerprint of the members of the state's class
     * @param state the state
     * @throws IllegalArgumentException if a version is less than 1
     */
    public Snapshot {
        if (version < 1 || schemaVersion < 1) {
            throw new IllegalArgumentException("the snapshot of " + stream + " has version " + version
                    + " and schema version " + schemaVersion + ": use 1 or more for both");
        }
    }

    /**
     * Creates a snapshot of unknown shape, for example of a state that is kept in memory.
     *
     * @param stream the stream
     * @param version the version
     * @param eventId the id of the event at that version
     * @param schemaVersion the version of the state's schema
     * @param state the state
     * @throws IllegalArgumentException if a version is less than 1
     */
    public Snapshot(StreamId stream, long version, String eventId, int schemaVersion, S state) {
        this(stream, version, eventId, schemaVersion, "", state);
    }

    /**
     * {@return a description without the state, which may contain data that does not belong in a log}
     */
    @Override
    public String toString() {
        return "Snapshot[" + stream + ", version=" + version + ", schemaVersion=" + schemaVersion + "]";
    }
}
