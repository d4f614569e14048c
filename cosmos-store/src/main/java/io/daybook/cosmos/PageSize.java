package io.daybook.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The size of the pages of a stream, in events. It starts at the maximum. After a page with many bytes, it adapts to
 * the size of the events, so that a page contains about 4 MB. Used by one thread.
 */
final class PageSize {

    /** The target size of a page, and the size at which it may end early. A response of the service has at most 4 MB. */
    static final long BYTES = 4 * 1024 * 1024;

    private final int most;
    private final int least;
    private int events;

    /**
     * @param most the maximum number of events of a page
     * @param least the minimum number of events, regardless of their size
     */
    PageSize(int most, int least) {
        this.most = Math.max(most, least);
        this.least = least;
        this.events = this.most;
    }

    int events() {
        return events;
    }

    int least() {
        return least;
    }

    /** Returns whether a page of this size may end before all of its events have arrived. */
    boolean mayEndAt(long bytes) {
        return bytes >= BYTES && events > least;
    }

    /** Returns whether large events have reduced the page size. */
    boolean isReduced() {
        return events < most;
    }

    /** Adapts the next page to the mean size of the last page's events. */
    void adapt(int seen, long bytes) {
        if (seen > 0) {
            long fitting = BYTES / Math.max(1, bytes / seen);
            events = (int) Math.max(least, Math.min(most, fitting));
        }
    }

    static long bytes(List<ObjectNode> rows) {
        return rows.stream()
                .mapToLong(row -> row.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
