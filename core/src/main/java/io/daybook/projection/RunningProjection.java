package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStore;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.subscription.EventFeed;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A projection in this instance: the runner that projects its events, the caches of its documents, and the life cycle
 * of its version.
 */
record RunningProjection(
        ReadModelSchema schema,
        ProjectionRunner<?> runner,
        @Nullable DocumentCache cache,
        @Nullable PageCache pages,
        EventStore eventStore,
        VersionRunner version,
        VersionThread thread) {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);
    private static final long POLL_NANOS = 10_000_000;

    /** Prepares a projection; nothing runs before its version and its thread are started. */
    static RunningProjection of(
            ProjectionDefinition projection, VersionStates states, EventFeed feed, Projector.Builder builder) {
        ReadModelSchema schema = projection.schema();
        ProjectorSettings settings = builder.settings;
        CurrentDocuments documents = new CurrentDocuments(builder.store, schema);
        GuardedCache guarded = projection.isCacheable() ? settings.cacheOf(documents) : null;
        DocumentCache cache = guarded == null ? null : new DocumentCache(guarded, settings.timeToLive());
        PageCache pages = guarded == null || settings.pagesToLive().isZero()
                ? null
                : new PageCache(guarded, settings.pagesToLive(), schema, settings.clock);
        ProjectionRunner<?> runner = projection.runner(
                cache == null ? documents : new WriteThroughDocuments(documents, cache),
                builder.eventStore,
                new ProjectionCounters(),
                settings.parks());
        VersionRunner version = new VersionRunner(
                schema,
                projection.fingerprint(),
                documents,
                runner,
                (state, since) -> new VersionBuild(
                        builder.eventStore, runner.scanTarget(), state, since, read -> startReading(schema.id(), read)),
                states,
                feed,
                settings.isShared(),
                settings.follows,
                builder.eventStore,
                settings.clock,
                settings.interceptor);
        return new RunningProjection(
                schema, runner, cache, pages, builder.eventStore, version, new VersionThread(schema.id(), version));
    }

    /** Reads a page in a new thread, which takes less time than the read and ends with it. */
    private static void startReading(String name, Runnable read) {
        Thread thread = new Thread(read, "daybook-scan-" + name);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            log.warn("no thread to read ahead, so the build continues without reading ahead name={}", name, e);
        }
    }

    Availability availability() {
        return new Availability(schema, version::state);
    }

    @SuppressWarnings("unchecked") // the projection has created its runner
    <D> ReadModel<D> readModel(Projection<D> projection, KnownVersions known) {
        return new ReadModel<>(
                projection, (DocumentRunner<D>) runner, cache, pages, known, availability(), null, Duration.ZERO);
    }

    @SuppressWarnings("unchecked") // the projection has created its runner
    <S, D> GroupedReadModel<S, D> readModel(GroupedProjection<S, D> projection, KnownVersions known) {
        return new GroupedReadModel<>(
                projection, (GroupRunner<S, D>) runner, known, availability(), null, Duration.ZERO);
    }

    VerifyReport verify(VerifyOptions options) {
        availability().requireComplete();
        return new Verifier<>(runner, eventStore, options, schema.id()).run();
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
