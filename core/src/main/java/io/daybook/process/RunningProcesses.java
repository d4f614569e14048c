package io.daybook.process;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadModel;
import io.daybook.readmodel.ReadModelStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a runner: a worker for each process and reaction, their threads, and the summaries. Thread-safe once it is started. */
final class RunningProcesses {

    private final ProcessThreads threads;
    private final Map<String, ProcessWorker<?>> workers = new LinkedHashMap<>();
    private final Map<String, ReactionWorker> reactions = new LinkedHashMap<>();
    private final Map<String, ProcessCounters> counters = new LinkedHashMap<>();
    private final Map<ProcessManager<?>, ReadModel<InstanceSummary>> summaries = new LinkedHashMap<>();
    private final @Nullable TimerRinger ringer;
    private @Nullable Projector projector;

    RunningProcesses(ProcessRunner.Builder builder) {
        threads = new ProcessThreads(builder.settings);
        for (ProcessManager<?> process : builder.processes.values()) {
            workers.put(process.name(), worker(builder, process));
        }
        for (Reaction reaction : builder.reactions.values()) {
            reactions.put(
                    reaction.name(),
                    new ReactionWorker(
                            reaction, builder.eventStore, builder.sender, builder.settings, counters(reaction.name())));
        }
        ringer =
                workers.isEmpty() ? null : new TimerRinger(places(builder).timers(), workers, builder.settings.clock());
    }

    private <S> ProcessWorker<S> worker(ProcessRunner.Builder builder, ProcessManager<S> process) {
        return new ProcessWorker<>(
                process,
                builder.eventStore,
                places(builder).store(),
                places(builder).timers(),
                builder.sender,
                builder.settings,
                counters(process.name()),
                threads::pause);
    }

    private ProcessCounters counters(String name) {
        return counters.computeIfAbsent(name, unused -> new ProcessCounters());
    }

    private static ProcessThreads.Places places(ProcessRunner.Builder builder) {
        if (builder.places == null) {
            throw new IllegalStateException("the runner has no store for processes: add .processStore(…)");
        }
        return builder.places;
    }

    void start(ProcessRunner.Builder builder) {
        if (builder.following) {
            workers.forEach((name, worker) -> {
                threads.follow(builder.feed, builder.from, name, worker::handle, worker.counters());
                threads.recover(places(builder).feed(), worker);
            });
            reactions.forEach((name, worker) ->
                    threads.follow(builder.feed, builder.from, name, worker::handle, worker.counters()));
        }
        if (builder.summaries != null && !workers.isEmpty()) {
            summarize(builder, builder.summaries);
        }
        if (ringer != null && builder.following) {
            threads.ring(ringer, builder.pollEvery);
        }
    }

    private void summarize(ProcessRunner.Builder builder, ReadModelStore store) {
        Map<ProcessManager<?>, Projection<InstanceSummary>> projections = new LinkedHashMap<>();
        workers.values().forEach(each -> projections.put(each.process(), InstanceSummary.projection(each.process())));
        Projector.Builder projecting =
                Projector.builder(places(builder).feed(), places(builder).store(), store);
        projections.values().forEach(projecting::project);
        Projector started = projecting.following(builder.following).start();
        projections.forEach((process, projection) -> summaries.put(process, started.readModel(projection)));
        projector = started;
    }

    ProcessWorker<?> of(ProcessManager<?> process) {
        ProcessWorker<?> worker = workers.get(process.name());
        if (worker == null || worker.process() != process) {
            throw new IllegalArgumentException(
                    "the process " + process.name() + " is not run by this runner: add it with run(…)");
        }
        return worker;
    }

    ReadModel<InstanceSummary> summaries(ProcessManager<?> process) {
        of(process);
        ReadModel<InstanceSummary> found = summaries.get(process);
        if (found == null) {
            throw new IllegalStateException("the runner keeps no summaries: add .summaries(…) and start it");
        }
        return found;
    }

    void fireTimers() {
        boolean more = true;
        while (ringer != null && more) {
            more = ringer.ringPage();
        }
    }

    List<String> names() {
        return List.copyOf(counters.keySet());
    }

    ProcessCounts counts(String name) {
        ProcessCounters found = counters.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the runner runs nothing that is named " + name);
        }
        return found.counts();
    }

    ProcessThreads threads() {
        return threads;
    }

    /** Stops everything, and waits up to a timeout. Returns whether everything has ended. */
    boolean close(CommandTimeout end) {
        boolean ended = threads.close(end);
        if (projector == null) {
            return ended;
        }
        Duration left = end.remaining().orElse(null);
        if (left != null) {
            return projector.close(left) && ended;
        }
        projector.close();
        return ended;
    }
}
