package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;

/**
 * The state of an aggregate at one version. A repository makes it, a {@link SnapshotStore} keeps it. Immutable, and safe for use by many
 * threads as far as its state is.
 *
 * @param <S> the type of the state, an immutable value, best a record
 * @param stream the stream of the aggregate
 * @param version the sequence number of the last event that is part of the state, from 1
 * @param eventId the id of that event; a snapshot whose stream holds another event there is discarded
 * @param schemaVersion the version of the state's schema, from 1
 * @param shape a fingerprint of the members of the state's class; empty if it is not known
 * @param state the state; it may be shared by many threads and must not be altered. What a repository gives to a
 *     {@link SnapshotStore} is JSON, a {@link com.fasterxml.jackson.databind.JsonNode}
 */
public record Snapshot<S>(StreamId stream, long version, String eventId, int schemaVersion, String shape, S state) {

    /**
     * Checks the numbers.
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
            throw new IllegalArgumentException("a snapshot of " + stream + " at version " + version
                    + " with schema version " + schemaVersion + ": both start at 1");
        }
    }

    /**
     * Creates a snapshot whose shape is not known, such as a state that is kept in memory.
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
     * {@return all but the state, which may hold what does not belong in a log}
     */
    @Override
    public String toString() {
        return "Snapshot[" + stream + ", version=" + version + ", schemaVersion=" + schemaVersion + "]";
    }
}
