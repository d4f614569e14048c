package io.daybook.eventstore;

import io.daybook.event.EventEnvelope;
import java.util.List;
import java.util.Map;

/**
 * A page of a scan of all events, returned by {@link EventStore#scan}.
 *
 * @param events the events, from any number of streams; all events of one append are in the same page
 * @param deletions the streams that were deleted, with the version of each before its deletion; empty if the store does not report them
 * @param next the position of the next page, which can be stored and used by another process; empty if the range ends
 *     with this page
 * @param remaining the approximate number of events that follow in the range, or -1 if unknown
 */
public record ScanPage(List<EventEnvelope> events, Map<StreamId, Long> deletions, String next, long remaining) {

    /**
     * Copies the events and the deletions.
     *
     * @param events the events
     * @param deletions the deleted streams
     * @param next the position of the next page
     * @param remaining the approximate number of events that follow
     */
    public ScanPage {
        events = List.copyOf(events);
        deletions = Map.copyOf(deletions);
    }

    /**
     * {@return whether the range ends with this page}
     */
    public boolean isLast() {
        return next.isEmpty();
    }
}
