package io.daybook.metrics;

import io.daybook.process.ProcessCounts;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessStatus;
import io.daybook.subscription.SubscriptionStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Meters for the processes and reactions of a runner, with the tag {@code process}. The counters and timers cover only
 * the work of this program:
 *
 * <ul>
 *   <li>{@code daybook.process.instances} with the tag {@code state}: {@code started}, {@code completed},
 *       {@code canceled}, {@code never_started}, and {@code parked}, which counts how often instances were parked.
 *   <li>{@code daybook.process.steps} counts steps, and {@code daybook.process.inputs.repeated} counts events that had
 *       no further effect.
 *   <li>{@code daybook.process.commands} with the tag {@code outcome}: {@code sent}, and its subsets {@code duplicate},
 *       {@code rejected} and {@code unanswered}.
 *   <li>{@code daybook.process.timers}, a timer, measures how late the timers of processes took effect, and
 *       {@code daybook.process.timers.obsolete} counts timers that fired without an effect.
 *   <li>The gauges {@code daybook.process.lag}, {@code daybook.process.delay} and {@code daybook.process.healthy}
 *       describe the subscription that delivers the events, like the gauges of {@link SubscriptionMetrics}.
 *       {@code daybook.process.parked.streams} is the number of currently parked streams, or -1 if unknown. The gauges
 *       exist only if the runner follows a feed.
 * </ul>
 *
 * <pre>{@code
 * new ProcessMetrics(runner).bindTo(registry); // after the runner was started
 * }</pre>
 *
 * <p>Reading a meter never accesses a feed or a database. A separate thread refreshes the gauges at most every 15
 * seconds and only while they are read. Thread-safe.
 */
public final class ProcessMetrics implements MeterBinder {

    /** The subscription of a process, and the number of its parked streams. */
    private record Inputs(SubscriptionStatus status, long parked) {}

    private final ProcessRunner runner;

    /**
     * Creates the binder.
     *
     * @param runner the runner to measure, already started; the meters keep a reference to it
     */
    public ProcessMetrics(ProcessRunner runner) {
        this.runner = runner;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        runner.status().forEach(each -> bindInputs(registry, each));
        for (String name : runner.names()) {
            Meters meters = new Meters(registry, name);
            meters.count("daybook.process.instances", "state", "started", ProcessCounts::started);
            meters.count("daybook.process.instances", "state", "completed", ProcessCounts::completed);
            meters.count("daybook.process.instances", "state", "canceled", ProcessCounts::canceled);
            meters.count("daybook.process.instances", "state", "never_started", ProcessCounts::neverStarted);
            meters.count("daybook.process.instances", "state", "parked", ProcessCounts::parked);
            meters.count("daybook.process.steps", "process", name, ProcessCounts::steps);
            meters.count("daybook.process.inputs.repeated", "process", name, ProcessCounts::repeatedInputs);
            meters.count("daybook.process.commands", "outcome", "sent", ProcessCounts::commandsSent);
            meters.count("daybook.process.commands", "outcome", "duplicate", ProcessCounts::duplicates);
            meters.count("daybook.process.commands", "outcome", "rejected", ProcessCounts::rejected);
            meters.count("daybook.process.commands", "outcome", "unanswered", ProcessCounts::unanswered);
            meters.count("daybook.process.timers.obsolete", "process", name, ProcessCounts::timersObsolete);
            FunctionTimer.builder(
                            "daybook.process.timers",
                            runner,
                            each -> each.counts(name).timersFired(),
                            each -> each.counts(name).late().toMillis(),
                            TimeUnit.MILLISECONDS)
                    .tag("process", name)
                    .register(registry);
        }
    }

    private void bindInputs(MeterRegistry registry, ProcessStatus process) {
        String name = process.name();
        AskedStatus<Inputs> inputs = new AskedStatus<>(
                name,
                () -> inputs(name),
                before -> new Inputs(SubscriptionMetrics.unknown(before.status()), -1),
                new Inputs(process.inputs(), -1));
        inputs.ask();
        Map.<String, ToDoubleFunction<Inputs>>of(
                        "daybook.process.lag", each -> each.status().lag(),
                        "daybook.process.delay", each -> SubscriptionMetrics.seconds(each.status()),
                        "daybook.process.healthy", each -> each.status().isHealthy() ? 1 : 0,
                        "daybook.process.parked.streams", Inputs::parked)
                .forEach((meter, value) -> Gauge.builder(meter, () -> value.applyAsDouble(inputs.last()))
                        .baseUnit(meter.endsWith("delay") ? "seconds" : null)
                        .tag("process", name)
                        .register(registry));
    }

    private Inputs inputs(String name) {
        SubscriptionStatus status = runner.status().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .inputs();
        return new Inputs(status, runner.parkedStreams(name).size());
    }

    private final class Meters {
        private final MeterRegistry registry;
        private final String process;

        Meters(MeterRegistry registry, String process) {
            this.registry = registry;
            this.process = process;
        }

        void count(String meter, String tag, String value, ToLongFunction<ProcessCounts> count) {
            FunctionCounter.builder(meter, runner, each -> count.applyAsLong(each.counts(process)))
                    .tag("process", process)
                    .tag(tag, value)
                    .register(registry);
        }
    }
}
