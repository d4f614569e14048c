package io.daybook.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The events of many orders in the order of their commits. At any time, 2,000 orders are active. */
final class InterleavedOrders {

    static final int EVENTS_OF_AN_ORDER = 10;
    private static final int ACTIVE = 2_000;

    private InterleavedOrders() {}

    static String id(int order) {
        return "order-" + order;
    }

    /** Returns the same events each time. Each event belongs to a random active order. A new order replaces each complete one. */
    static List<OrderEvent> of(int orders) {
        Random random = new Random(1);
        List<OrderEvent> events = new ArrayList<>(orders * EVENTS_OF_AN_ORDER);
        int next = Math.min(orders, ACTIVE);
        List<List<OrderEvent>> active = new ArrayList<>();
        for (int order = 0; order < next; order++) {
            active.add(historyOf(order));
        }
        while (!active.isEmpty()) {
            int chosen = random.nextInt(active.size());
            List<OrderEvent> left = active.get(chosen);
            events.add(left.remove(0));
            if (left.isEmpty() && next < orders) {
                active.set(chosen, historyOf(next++));
            } else if (left.isEmpty()) {
                active.set(chosen, active.get(active.size() - 1));
                active.remove(active.size() - 1);
            }
        }
        return events;
    }

    private static List<OrderEvent> historyOf(int order) {
        return new ArrayList<>(OrderState.history(id(order), 0, EVENTS_OF_AN_ORDER));
    }
}
