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

/** Updates the documents of orders with each event, as a subscription delivers them. The time is that for all events. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FollowBenchmark {

    @Param("none")
    public String contender;

    @Param("10000")
    public int orders;

    private OrderDocuments documents;

    @Setup(Level.Trial)
    public void start() {
        documents = OrderDocuments.named(contender, each -> {
            each.prepareToFollow();
            each.follow();
        });
        documents.store(InterleavedOrders.of(orders));
        WarmUp.untilStable(this::clear, documents::follow);
    }

    @TearDown(Level.Trial)
    public void stop() {
        documents.close();
    }

    @Setup(Level.Invocation)
    public void clear() {
        documents.clear();
        documents.prepareToFollow();
        System.gc(); // so that the garbage of earlier documents does not count
    }

    @Benchmark
    public void follow(Allocation allocation, DocumentCounters counters) {
        allocation.measureAll(orders * InterleavedOrders.EVENTS_OF_AN_ORDER, documents::follow);
        counters.add(orders, documents);
    }
}
