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
import org.openjdk.jmh.annotations.TearDown;

/** Builds the documents of all orders from all stored events. The time is that of one rebuild. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RebuildBenchmark {

    @Param("none")
    public String contender;

    @Param("50000")
    public int orders;

    private OrderDocuments documents;

    @Setup(Level.Trial)
    public void start() {
        documents = OrderDocuments.named(contender, OrderDocuments::rebuild);
        documents.store(InterleavedOrders.of(orders));
        WarmUp.untilStable(this::clear, documents::rebuild);
    }

    @TearDown(Level.Trial)
    public void stop() {
        documents.close();
    }

    @Setup(Level.Invocation)
    public void clear() {
        documents.clear();
        System.gc(); // so that the garbage of earlier documents does not count
    }

    @Benchmark
    public void rebuild(Allocation allocation, DocumentCounters counters) {
        allocation.measureAll(orders * InterleavedOrders.EVENTS_OF_AN_ORDER, documents::rebuild);
        counters.add(orders, documents);
    }
}
