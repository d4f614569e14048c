package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.readmodel.ReadModelSchema;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A projection in this instance: the runner that projects its events, the caches of its documents, and the life cycle
 * of its version.
 */
record RunningProjection(
        ReadModelSchema schema,
        ProjectionRunner<?> runner,
        @Nullable DocumentCache cache,
        @Nullable PageCache pages,
        VersionRunner version,
        VersionThread thread) {

    private static final long POLL_NANOS = 10_000_000;

    /** Prepares a projection; nothing runs before its version and its thread are started. */
    static RunningProjection of(ProjectionDefinition projection, VersionStates states, Projector.Builder options) {
        ReadModelSchema schema = projection.schema();
        CurrentDocuments documents = new CurrentDocuments(options.store, schema);
        GuardedCache guarded = projection.isCacheable() ? options.cacheOf(documents) : null;
        DocumentCache cache = guarded == null ? null : new DocumentCache(guarded, options.timeToLive);
        PageCache pages = guarded == null || options.pagesToLive.isZero()
                ? null
                : new PageCache(guarded, options.pagesToLive, schema, options.clock);
        ProjectionRunner<?> runner = projection.runner(
                cache == null ? documents : new WriteThroughDocuments(documents, cache),
                options.eventStore,
                new ProjectionCounters(),
                new Parks(options.attempts, options.clock));
        VersionRunner version = new VersionRunner(
                schema,
                projection.fingerprint(),
                documents,
                runner,
                runner::scanTarget,
                states,
                options.feed,
                options.follows,
                options.eventStore,
                options.clock,
                options.interceptor);
        return new RunningProjection(schema, runner, cache, pages, version, new VersionThread(schema.id(), version));
    }

    Availability availability() {
        return new Availability(schema, version::state);
    }

    ProjectorStatus status() {
        return version.status(thread.lastError());
    }

    /**
     * Waits until every event stored before this call is projected or parked, and takes steps in the calling thread,
     * without pauses.
     */
    void drain(CommandTimeout end) {
        while (!version.isCaughtUp()) {
            if (end.hasExpired() || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(schema.id() + " has not caught up: " + status());
            }
            if (!stepped()) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private boolean stepped() {
        try {
            return version.step();
        } catch (RuntimeException e) {
            return false; // its own thread tries again, and shows it in the status
        }
    }
}
