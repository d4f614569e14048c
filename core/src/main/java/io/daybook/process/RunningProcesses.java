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

    RunningProcesses(ProcessSetup setup) {
        threads = new ProcessThreads(setup.settings.requireConsistent());
        for (ProcessManager<?> process : setup.processes.values()) {
            workers.put(process.name(), worker(setup, process));
        }
        for (Reaction reaction : setup.reactions.values()) {
            reactions.put(
                    reaction.name(),
                    new ReactionWorker(
                            reaction, setup.eventStore, setup.sender, setup.settings, counters(reaction.name())));
        }
        ringer = workers.isEmpty() ? null : new TimerRinger(setup.places().timers(), workers, setup.settings.clock());
    }

    private <S> ProcessWorker<S> worker(ProcessSetup setup, ProcessManager<S> process) {
        return new ProcessWorker<>(
                process,
                setup.eventStore,
                setup.places().store(),
                setup.places().timers(),
                setup.sender,
                setup.settings,
                counters(process.name()),
                threads::pause);
    }

    private ProcessCounters counters(String name) {
        return counters.computeIfAbsent(name, unused -> new ProcessCounters());
    }

    void start(ProcessSetup setup) {
        try {
            startAll(setup);
        } catch (RuntimeException | Error e) {
            close(CommandTimeout.none()); // the caller gets no runner to close
            throw e;
        }
    }

    private void startAll(ProcessSetup setup) {
        if (setup.following) {
            workers.values().forEach(worker -> {
                threads.follow(setup.feed, setup.from, worker);
                threads.recover(setup.places().feed(), worker);
            });
            reactions.values().forEach(worker -> threads.follow(setup.feed, setup.from, worker));
        }
        if (setup.summaries != null && !workers.isEmpty()) {
            summarize(setup, setup.summaries);
        }
        if (ringer != null && setup.following) {
            threads.ring(ringer, setup.pollEvery);
        }
    }

    private void summarize(ProcessSetup setup, ReadModelStore store) {
        Map<ProcessManager<?>, Projection<InstanceSummary>> projections = new LinkedHashMap<>();
        workers.values().forEach(each -> projections.put(each.process(), InstanceSummary.projection(each.process())));
        Projector.Builder projecting =
                Projector.builder(setup.places().feed(), setup.places().store(), store);
        projections.values().forEach(projecting::project);
        Projector started = projecting.following(setup.following).start();
        projections.forEach((process, projection) -> summaries.put(process, started.readModel(projection)));
        projector = started;
    }

    ProcessWorker<?> of(ProcessManager<?> process) {
        ProcessWorker<?> worker = workers.get(process.name());
        if (worker == null || worker.process() != process) {
            throw new IllegalArgumentException(
                    "this runner does not run the process " + process.name() + ": add it with run(…)");
        }
        return worker;
    }

    ReadModel<InstanceSummary> summaries(ProcessManager<?> process) {
        of(process);
        ReadModel<InstanceSummary> found = summaries.get(process);
        if (found == null) {
            throw new IllegalStateException("the runner keeps no summaries: add .summaries(…) and start the runner");
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
            throw new IllegalArgumentException(
                    "the runner has no process or reaction named " + name + ": use one of " + names());
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
