package io.daybook.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Commands on orders of 10 events, one command for each order: by one thread, and by two threads on separate orders.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CommandBenchmark {

    private static final int COMMANDS = 5_000;
    private static final int PRIOR_EVENTS = 10;

    @Param("none")
    public String contender;

    private final Workers second = new Workers(1);
    private Contender orders;

    @Setup(Level.Trial)
    public void start(BenchmarkParams benchmark) {
        orders = Contender.named(contender);
        WarmUp.untilStable(() -> create(benchmark), () -> commands(0));
    }

    @TearDown(Level.Trial)
    public void stop() {
        second.close();
    }

    @Setup(Level.Invocation)
    public void create(BenchmarkParams benchmark) {
        orders.reset();
        int count = benchmark.getBenchmark().endsWith("twoThreads") ? 2 * COMMANDS : COMMANDS;
        for (int i = 0; i < count; i++) {
            orders.create("order-" + i, PRIOR_EVENTS);
        }
        orders.create("first", PRIOR_EVENTS); // so that preparations by the first command are not measured
        orders.addItem(OrderState.addItem("first"), "command-first");
        System.gc(); // the orders are then close together in memory, as in a service that has run for a while
    }

    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void oneThread(Allocation allocation) {
        allocation.measure(COMMANDS, () -> commands(0));
    }

    @Benchmark
    @OperationsPerInvocation(2 * COMMANDS)
    public void twoThreads() {
        second.run(worker -> commands(COMMANDS), () -> commands(0));
    }

    private void commands(int first) {
        for (int i = first; i < first + COMMANDS; i++) {
            orders.addItem(OrderState.addItem("order-" + i), "command-" + i);
        }
    }
}
