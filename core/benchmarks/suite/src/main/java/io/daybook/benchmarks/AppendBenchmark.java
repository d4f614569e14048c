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

/**
 * Stores new orders with different numbers of events, each in one transaction. Daybook accepts at most 98 events in one
 * transaction.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBenchmark {

    private static final int ORDERS = 200;

    @Param("none")
    public String contender;

    @Param({"1", "10", "98"})
    public int events;

    private Contender orders;

    @Setup(Level.Trial)
    public void start() {
        orders = Contender.named(contender);
        WarmUp.untilStable(this::reset, this::create);
    }

    @Setup(Level.Invocation)
    public void reset() {
        orders.reset();
    }

    @Benchmark
    @OperationsPerInvocation(ORDERS)
    public void append(Allocation allocation) {
        allocation.measure(ORDERS, this::create);
    }

    private void create() {
        for (int i = 0; i < ORDERS; i++) {
            orders.create("order-" + i, events);
        }
    }
}
