package io.daybook.benchmarks;

import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.infra.Blackhole;

/** Reads with a token while no projector runs: of documents that are current, and of documents that lack one event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReadBenchmark {

    private static final int ORDERS = 2_000;

    @Param("none")
    public String contender;

    private OrderDocuments documents;
    private int version = InterleavedOrders.EVENTS_OF_AN_ORDER;

    @Setup(Level.Trial)
    public void start(BenchmarkParams benchmark, Blackhole blackhole) {
        documents = OrderDocuments.named(contender, OrderDocuments::rebuild);
        documents.store(InterleavedOrders.of(ORDERS));
        documents.clear();
        documents.rebuild();
        documents.close();
        WarmUp.untilStable(() -> prepare(benchmark), () -> read(blackhole));
    }

    @TearDown(Level.Trial)
    public void stop() {
        documents.close();
    }

    @Setup(Level.Invocation)
    public void prepare(BenchmarkParams benchmark) {
        if (benchmark.getBenchmark().endsWith("repaired")) {
            List<OrderEvent> events = new ArrayList<>();
            for (int order = 0; order < ORDERS; order++) {
                events.addAll(OrderState.history(InterleavedOrders.id(order), version, version + 1));
            }
            documents.store(events);
            version++;
        }
    }

    @Benchmark
    @OperationsPerInvocation(ORDERS)
    public void current(Allocation allocation, Blackhole blackhole) {
        allocation.measure(ORDERS, () -> read(blackhole));
    }

    @Benchmark
    @OperationsPerInvocation(ORDERS)
    public void repaired(Allocation allocation, Blackhole blackhole) {
        allocation.measure(ORDERS, () -> read(blackhole));
    }

    private void read(Blackhole blackhole) {
        for (int order = 0; order < ORDERS; order++) {
            blackhole.consume(documents.get(InterleavedOrders.id(order), version));
        }
    }
}
