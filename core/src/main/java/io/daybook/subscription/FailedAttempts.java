package io.daybook.subscription;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The number of failures of each failing item of a subscription, by the id of the item's first event. The counts
 * outlive the delivery of a page, so they continue when a page that was not handled is redelivered. Keeps the latest
 * {@link #MAX_ITEMS} items. Thread-safe.
 */
final class FailedAttempts {

    static final int MAX_ITEMS = 1_000;

    private final Map<String, Integer> failures = new LinkedHashMap<>();

    /**
     * Counts a failure.
     *
     * @param item the item that failed
     * @param known the number of its failures in this delivery of its page
     * @return the number of its failures so far
     */
    synchronized int add(DeliveryItem item, int known) {
        String id = item.id();
        Integer before = failures.remove(id); // so that it becomes the latest
        int now = Math.max(known, before == null ? 0 : before) + 1;
        failures.put(id, now);
        if (failures.size() > MAX_ITEMS) {
            failures.remove(failures.keySet().iterator().next());
        }
        return now;
    }

    /** Forgets an item that is handled, parked or skipped. */
    synchronized void forget(DeliveryItem item) {
        if (!failures.isEmpty()) {
            failures.remove(item.id());
        }
    }
}
