package io.daybook.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.AuxCounters;
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

/**
 * The same commands on one order, which grows from 10 to 410 events: all by one thread, or by eight threads with
 * retries.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContentionBenchmark {

    private static final int COMMANDS = 400;
    private static final int THREADS = 8;

    /** The number of commands that were given up, and the total number of commands. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Exhausted {
        public long exhausted;
        public long operations;
    }

    @Param("none")
    public String contender;

    private final Workers others = new Workers(THREADS - 1);
    private final AtomicLong exhausted = new AtomicLong();
    private Contender orders;

    @Setup(Level.Trial)
    public void start() {
        orders = Contender.named(contender);
        WarmUp.untilStable(this::create, () -> commands(0, COMMANDS));
    }

    @TearDown(Level.Trial)
    public void stop() {
        others.close();
    }

    @Setup(Level.Invocation)
    public void create() {
        orders.reset();
        orders.create("order", 10);
        exhausted.set(0);
    }

    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void oneThread(Exhausted counters) {
        commands(0, COMMANDS);
        count(counters);
    }

    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void eightThreads(Exhausted counters) {
        int each = COMMANDS / THREADS;
        others.run(worker -> commands((worker + 1) * each, each), () -> commands(0, each));
        count(counters);
    }

    private void count(Exhausted counters) {
        counters.exhausted += exhausted.get();
        counters.operations += COMMANDS;
    }

    private void commands(int first, int count) {
        for (int i = first; i < first + count; i++) {
            try {
                orders.addItem(OrderState.addItem("order"), "command-" + i);
            } catch (Contender.ConflictException e) {
                exhausted.incrementAndGet();
            }
        }
    }
}
