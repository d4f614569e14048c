package io.daybook.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Sends a command for each event: by a loop, by a reaction, and by a step of a process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReactionBenchmark {

    private static final int EVENTS = 20_000;

    private DaybookReactions reactions;

    @Setup(Level.Trial)
    public void start(BenchmarkParams benchmark) {
        Consumer<DaybookReactions> work = benchmark.getBenchmark().endsWith("loop")
                ? DaybookReactions::loop
                : benchmark.getBenchmark().endsWith("reaction")
                        ? DaybookReactions::reaction
                        : DaybookReactions::process;
        try (DaybookReactions few = new DaybookReactions(100)) {
            few.clear();
            work.accept(few);
            few.requireSameWork();
        }
        reactions = new DaybookReactions(EVENTS);
        WarmUp.untilStable(this::clear, () -> work.accept(reactions));
    }

    @TearDown(Level.Trial)
    public void stop() {
        reactions.close();
    }

    @Setup(Level.Invocation)
    public void clear() {
        reactions.clear();
        System.gc();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void loop(Allocation allocation) {
        allocation.measureAll(EVENTS, reactions::loop);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void reaction(Allocation allocation) {
        allocation.measureAll(EVENTS, reactions::reaction);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void process(Allocation allocation) {
        allocation.measureAll(EVENTS, reactions::process);
    }
}
