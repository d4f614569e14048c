package io.daybook.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The bytes that were allocated, excluding the preparation. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public long allocatedBytes;
    public long operations;

    /** Measures what the calling thread does. */
    void measure(int operations, Runnable work) {
        measure(operations, work, THREADS::getCurrentThreadAllocatedBytes);
    }

    /** Measures what all threads do. */
    void measureAll(int operations, Runnable work) {
        measure(operations, work, THREADS::getTotalThreadAllocatedBytes);
    }

    private void measure(int operations, Runnable work, LongSupplier allocated) {
        long before = allocated.getAsLong();
        work.run();
        allocatedBytes += allocated.getAsLong() - before;
        this.operations += operations;
    }
}
