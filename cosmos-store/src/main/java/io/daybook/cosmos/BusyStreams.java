package io.daybook.cosmos;

import io.daybook.eventstore.StreamId;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The streams whose events are being handled, each in one page at a time. Pages of different streams never wait for each other. Thread-safe.
 */
final class BusyStreams {

    private final Set<StreamId> busy = new HashSet<>();

    /** Waits until no other page contains one of the streams. Returns whether the page may begin; false if the timeout expires. */
    synchronized boolean begin(Set<StreamId> streams, long timeoutNanos) throws InterruptedException {
        long end = System.nanoTime() + timeoutNanos;
        while (!Collections.disjoint(busy, streams)) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        busy.addAll(streams);
        return true;
    }

    /** Ends a page that {@link #begin} has begun. */
    synchronized void end(Set<StreamId> streams) {
        busy.removeAll(streams);
        notifyAll();
    }
}
