package io.daybook.projection;

import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.subscription.EventFeed;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops a version that no instance runs. After a crash, the drop can be repeated from any point. */
final class VersionDrop {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);

    private final ReadModelStore store;
    private final VersionStates states;
    private final EventFeed feed;
    private final Clock clock;

    VersionDrop(ReadModelStore store, VersionStates states, EventFeed feed, Clock clock) {
        this.store = store;
        this.states = states;
        this.feed = feed;
        this.clock = clock;
    }

    void drop(ReadModelSchema schema) {
        Optional<VersionStates.Stored> stored = states.read(schema);
        if (stored.isEmpty()) {
            throw new IllegalArgumentException(
                    "the read model " + schema.id() + " is unknown: name a version that has run");
        }
        requireDroppable(schema, stored.get().state());
        forget(schema);
        while (stored.isPresent() && stored.get().state().state() != ReadModelState.DROPPED) {
            requireDroppable(schema, stored.get().state());
            stored = states.replace(stored.get(), stored.get().state().with(ReadModelState.DROPPED))
                    .or(() -> states.read(schema));
        }
        store.drop(schema);
        log.info("read model dropped name={}", schema.id());
    }

    private void requireDroppable(ReadModelSchema schema, VersionState state) {
        if (state.state() == ReadModelState.BUILDING
                && !state.owner().isEmpty()
                && clock.instant().isBefore(state.seen().plus(VersionRunner.TAKEOVER))) {
            throw new IllegalStateException(
                    "the read model " + schema.id() + " is being built: close the projectors that run it, then retry");
        }
        if (state.state() == ReadModelState.ACTIVE && isOnlyActive(schema)) {
            throw new IllegalStateException(
                    "the read model " + schema.id() + " still answers reads: activate another version first");
        }
    }

    private boolean isOnlyActive(ReadModelSchema schema) {
        List<ReadModelState> others = states.others(schema).stream()
                .map(each -> each.state().state())
                .filter(state -> state != ReadModelState.DROPPED)
                .toList();
        return !others.isEmpty() && !others.contains(ReadModelState.ACTIVE);
    }

    private void forget(ReadModelSchema schema) {
        try {
            feed.forget(schema.id());
        } catch (UnsupportedOperationException e) {
            log.info("position in the feed not deleted name={}", schema.id(), e); // the broker has to delete it
        }
    }
}
