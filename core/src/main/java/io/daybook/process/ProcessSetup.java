package io.daybook.process;

import io.daybook.eventstore.EventStore;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The processes and reactions of a runner, its stores and feeds, and its settings. Filled by the builder of
 * {@link ProcessRunner}.
 */
final class ProcessSetup {

    /** The stores of processes. */
    record Places(EventStore store, EventFeed feed, TimerStore timers) {}

    final EventFeed feed;
    final EventStore eventStore;
    final CommandSender sender;
    final Map<String, ProcessManager<?>> processes = new LinkedHashMap<>();
    final Map<String, Reaction> reactions = new LinkedHashMap<>();
    private @Nullable Places places;

    @Nullable
    ReadModelStore summaries;

    StartPosition from = StartPosition.NOW;
    boolean following = true;
    ProcessSettings settings = ProcessSettings.defaults();
    Duration pollEvery = Duration.ofSeconds(1);

    ProcessSetup(EventFeed feed, EventStore eventStore, CommandSender sender) {
        this.feed = Objects.requireNonNull(feed, "feed");
        this.eventStore = Objects.requireNonNull(eventStore, "eventStore");
        this.sender = Objects.requireNonNull(sender, "sender");
    }

    void add(ProcessManager<?> process) {
        requireFree(process.name());
        processes.put(process.name(), process);
    }

    void add(Reaction reaction) {
        requireFree(reaction.name());
        reactions.put(reaction.name(), reaction);
    }

    private void requireFree(String name) {
        if (processes.containsKey(name) || reactions.containsKey(name)) {
            throw new IllegalArgumentException("two processes or reactions are named " + name + ": rename one");
        }
    }

    void placeProcesses(Places places) {
        this.places = places;
    }

    Places places() {
        if (places == null) {
            throw new IllegalStateException("the runner has no store for processes: add .processStore(…)");
        }
        return places;
    }
}
