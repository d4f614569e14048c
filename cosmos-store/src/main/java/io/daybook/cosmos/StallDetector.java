package io.daybook.cosmos;

import java.time.Duration;

/** Detects that no page is delivered for some time although there is one. Used under a lock. */
final class StallDetector {

    private static final long NONE = -1;

    private final long timeoutNanos;
    private long pages = NONE;
    private long sinceNanos;

    StallDetector(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Returns whether changes have waited for the timeout, during which no page was delivered. Then the time begins
     * again, so that a restart has as long to help.
     *
     * @param waits whether changes wait now
     * @param delivered the number of pages that were delivered before
     * @param nanos the time of this call
     */
    boolean isStalled(boolean waits, long delivered, long nanos) {
        if (!waits || delivered != pages) {
            pages = waits ? delivered : NONE;
            sinceNanos = nanos;
            return false;
        }
        boolean stalled = nanos - sinceNanos >= timeoutNanos;
        if (stalled) {
            sinceNanos = nanos;
        }
        return stalled;
    }
}
