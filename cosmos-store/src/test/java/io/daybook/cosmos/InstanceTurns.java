package io.daybook.cosmos;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which instance handles pages, and for how many pages of the others an instance had none. Thread-safe. */
final class InstanceTurns {

    private final int[] inProgress;
    private final int[] handled;
    private final int[] idleSince;
    private int pages;
    private int longestIdle;

    InstanceTurns(int instances) {
        inProgress = new int[instances];
        handled = new int[instances];
        idleSince = new int[instances];
    }

    synchronized void begin(int instance) {
        if (inProgress[instance]++ == 0 && pages > 0) {
            longestIdle = Math.max(longestIdle, pages - idleSince[instance]);
        }
    }

    /** Ends a page. Returns how many pages have ended. */
    synchronized int end(int instance) {
        pages++;
        handled[instance]++;
        if (--inProgress[instance] == 0) {
            idleSince[instance] = pages;
        }
        return pages;
    }

    /** The most pages that ended while an instance had none in progress that got one later. */
    synchronized int longestIdle() {
        return longestIdle;
    }

    /** The pages of the busiest instances, in ascending order. */
    synchronized int[] ofBusiest(int instances) {
        int[] sorted = handled.clone();
        Arrays.sort(sorted);
        return Arrays.copyOfRange(sorted, sorted.length - instances, sorted.length);
    }

    @Override
    public synchronized String toString() {
        return "pages of the instances " + Arrays.toString(handled) + ", at most " + longestIdle
                + " of others while one was idle, of " + IntStream.of(handled).sum();
    }
}
