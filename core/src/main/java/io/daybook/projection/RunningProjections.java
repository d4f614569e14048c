package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStore;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.subscription.EventFeed;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The projections of a projector in this instance, and the subscription that they share, if they share one. Thread-safe. */
final class RunningProjections {

    private final Map<ProjectionDefinition, RunningProjection> running = new LinkedHashMap<>();
    private final EventStore eventStore;
    private final VersionDrop versions;
    private final @Nullable SharedFeed shared;
    private volatile boolean ended;

    /** Starts all projections. If one cannot be started, those that were started are closed. */
    RunningProjections(Projector.Builder builder) {
        ProjectorSettings settings = builder.settings;
        VersionStates states = new VersionStates(builder.store);
        eventStore = builder.eventStore;
        shared = settings.isShared() ? new SharedFeed(builder.feed, settings.subscription()) : null;
        EventFeed feed = shared == null ? builder.feed : shared;
        versions = new VersionDrop(builder.store, states, feed, settings.clock);
        try {
            builder.projections.forEach(each -> running.put(each, RunningProjection.of(each, states, feed, builder)));
            running.values().forEach(each -> each.version().start());
            if (shared != null && settings.follows) {
                shared.open(running.values().stream()
                        .map(RunningProjection::version)
                        .toList());
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        running.values().forEach(each -> each.thread().start());
    }

    private void requireNotInHandler() {
        if (running.values().stream().anyMatch(each -> each.version().isHandling())) {
            throw new IllegalStateException(
                    "a projector cannot be closed by one of its own handlers: close it from another thread");
        }
    }

    RunningProjection of(ProjectionDefinition projection) {
        RunningProjection found = running.get(projection);
        if (found == null) {
            throw new IllegalArgumentException("this projector does not run the projection "
                    + projection.schema().id() + ": add it with project(…)");
        }
        return found;
    }

    /** Returns a projection for an operation that reads events. */
    RunningProjection withEvents(ProjectionDefinition projection, String operation) {
        if (NoEventStore.is(eventStore)) {
            throw new IllegalStateException(
                    operation + " needs the event store, but this projector has none: call it in a service that has"
                            + " the event store and uses the same documents");
        }
        return of(projection);
    }

    void drop(ReadModelSchema schema) {
        List<VersionRunner> here = running.values().stream()
                .filter(each -> each.schema().id().equals(schema.id()))
                .map(RunningProjection::version)
                .toList();
        if (here.stream().anyMatch(VersionRunner::isOpen)) {
            throw new IllegalStateException("this projector runs the read model " + schema.id()
                    + ": drop the read model with a projector that does not run it");
        }
        versions.drop(schema);
        here.forEach(VersionRunner::learn);
    }

    List<ProjectorStatus> status() {
        return running.values().stream().map(RunningProjection::status).toList();
    }

    void drain(CommandTimeout end) {
        running.values().forEach(each -> each.drain(end));
    }

    void close() {
        requireNotInHandler();
        if (shared != null) {
            shared.close();
        }
        running.values().forEach(each -> each.thread().close());
        ended = true;
    }

    /** Stops everything, and waits up to a timeout. Returns whether everything has ended. */
    boolean close(Duration timeout) {
        requireNotInHandler();
        return ended || TimedClose.run(this::close, "daybook-projector-closing", timeout);
    }
}
