package io.daybook.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The number of events that one page of a stream is asked for. It starts at the most that a page may have; once a page turned out to be
 * large in bytes, it follows the size of the events, so that a page holds about 4 MB whatever they weigh. Used by one thread.
 */
final class PageSize {

    /** What a page is to hold, and what is enough to end one early: the service answers with at most 4 MB at a time. */
    static final long BYTES = 4 * 1024 * 1024;

    private final int most;
    private final int least;
    private int events;

    /**
     * @param most the most events of a page
     * @param least what a page must be able to hold, in spite of its bytes
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

    /** Whether a page with so many bytes may end before all of its events were answered. */
    boolean mayEndAt(long bytes) {
        return bytes >= BYTES && events > least;
    }

    /** Whether events were so large that their sizes are worth to be measured. */
    boolean isReduced() {
        return events < most;
    }

    /** Adapts the next page to the events of the last one; they are taken to be of similar size. */
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
