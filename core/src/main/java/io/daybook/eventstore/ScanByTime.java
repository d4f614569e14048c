package io.daybook.eventstore;

import io.daybook.event.EventEnvelope;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A scan by {@link EventStore#find}: each page begins after the last timestamp of the previous page, so events with the
 * same timestamp are in one page.
 */
final class ScanByTime {

    private static final int PAGE_EVENTS = 1_000;

    private ScanByTime() {}

    static ScanPage page(EventStore store, String after) {
        EventFilter filter = after.isEmpty()
                ? EventFilter.all()
                : EventFilter.all().from(parse(after).plusNanos(1));
        List<EventEnvelope> events = new ArrayList<>();
        Iterator<EventEnvelope> found = store.find(filter).iterator();
        while (found.hasNext()) {
            EventEnvelope event = found.next();
            if (events.size() >= PAGE_EVENTS && timeOf(event).isAfter(timeOf(events.get(events.size() - 1)))) {
                return new ScanPage(
                        events, Map.of(), timeOf(events.get(events.size() - 1)).toString(), -1);
            }
            events.add(event);
        }
        return new ScanPage(events, Map.of(), "", -1);
    }

    private static Instant parse(String after) {
        try {
            return Instant.parse(after);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "the position " + after + " belongs to another store: use ScanPage.next() of this store", e);
        }
    }

    private static Instant timeOf(EventEnvelope event) {
        return event.metadata().timestamp();
    }
}
