package io.daybook.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The bytes that the measuring thread allocated, excluding the preparation. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public long allocatedBytes;
    public long operations;

    void measure(int operations, Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        this.operations += operations;
    }
}
