package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each failing event of a subscription has failed. It outlives the delivery of a page, so a page that was given back goes on
 * counting when it is redelivered. Keeps the latest {@link #MAX_EVENTS} events. Thread-safe.
 */
final class FailedAttempts {

    static final int MAX_EVENTS = 1_000;

    private final Map<String, Integer> failures = new LinkedHashMap<>();

    /**
     * Counts a failure.
     *
     * @param event the first event of the append that failed
     * @param known how often it has failed in this delivery of its page
     * @return how often it has failed by now
     */
    synchronized int add(EventEnvelope event, int known) {
        String id = event.metadata().eventId();
        Integer before = failures.remove(id); // so that it becomes the latest
        int now = Math.max(known, before == null ? 0 : before) + 1;
        failures.put(id, now);
        if (failures.size() > MAX_EVENTS) {
            failures.remove(failures.keySet().iterator().next());
        }
        return now;
    }

    /** Forgets events that are handled, parked or skipped. */
    synchronized void forget(List<EventEnvelope> events) {
        if (!failures.isEmpty()) {
            events.forEach(event -> failures.remove(event.metadata().eventId()));
        }
    }
}
