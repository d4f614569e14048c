package io.daybook.projection;

import io.daybook.eventstore.EventStore;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;

/**
 * The definition of a projection. A {@link Projection} has one document for each stream, and a
 * {@link GroupedProjection} has one for each group. A {@link Projector} runs and administers both in the same way.
 * Immutable and thread-safe.
 */
public abstract sealed class ProjectionDefinition permits Projection, GroupedProjection {

    ProjectionDefinition() {}

    /**
     * {@return the schema: the name, the version, the indexes and the listings}
     */
    public abstract ReadModelSchema schema();

    /** Returns the fingerprint of everything that must not change within a version. */
    abstract Fingerprint fingerprint();

    /** Creates the runner that projects events into the documents. */
    abstract ProjectionRunner<?> runner(
            ReadModelCollection documents, EventStore eventStore, ProjectionCounters counters, Parks parks);

    /** Returns whether a cache may hold the documents. */
    abstract boolean isCacheable();
}
