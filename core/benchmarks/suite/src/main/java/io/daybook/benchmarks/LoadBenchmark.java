package io.daybook.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Rebuilding an order from its events. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LoadBenchmark {

    @Param("none")
    public String contender;

    @Param({"10", "100", "1000", "10000"})
    public int events;

    private Contender orders;
    private int next;
    private volatile OrderState loaded; // so that no load of the warm-up is optimized away

    @Setup(Level.Trial)
    public void create() {
        orders = Contender.named(contender);
        for (int i = 0; i < count(); i++) {
            orders.create("order-" + i, events);
        }
        WarmUp.untilStable(() -> {}, () -> {
            for (int i = 0; i < count(); i++) {
                loaded = load();
            }
        });
    }

    private int count() {
        return Math.max(2, 2_000 / events);
    }

    @Benchmark
    public OrderState load() {
        next = next + 1 < count() ? next + 1 : 0;
        return orders.load("order-" + next);
    }
}
