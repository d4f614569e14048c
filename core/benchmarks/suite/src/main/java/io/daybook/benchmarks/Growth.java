package io.daybook.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The time that Daybook takes as one order grows to 100,000 events, and as the store grows to 5,000,000 events. */
public final class Growth {

    private static final int ORDERS = 5;
    private static final int COMMANDS = 1_000;
    private static final int EVENTS_OF_AN_ORDER = 10;

    private Growth() {}

    public static void main(String[] args) throws IOException {
        Results commands = new Results("Growth.command");
        for (int i = -2; i < ORDERS; i++) {
            growOrder(i < 0 ? new Results("warm-up") : commands);
        }
        commands.write(Path.of(args[0] + "-order.json"));
        Results appends = new Results("Growth.append");
        growStore(new Results("warm-up"), 200_000);
        growStore(appends, 5_000_000);
        appends.write(Path.of(args[0] + "-store.json"));
    }

    private static void growOrder(Results results) {
        Contender orders = DaybookOrders.snapshots();
        orders.create("order", 100);
        int size = 100;
        for (int from : List.of(100, 1_000, 10_000, 100_000)) {
            size = addItems(orders, size, from);
            long start = System.nanoTime();
            size = addItems(orders, size, from + COMMANDS);
            results.add("daybook-snapshots", "" + from, (System.nanoTime() - start) / 1e3 / COMMANDS);
        }
    }

    private static int addItems(Contender orders, int from, int to) {
        for (int i = from; i < to; i++) {
            orders.addItem(OrderState.addItem("order"), "command-" + i);
        }
        return Math.max(from, to);
    }

    /**
     * Appends of ten events each. The result is the median of the parts that lead to a size, since a garbage collection
     * may interrupt one part.
     */
    private static void growStore(Results results, int events) {
        Contender orders = DaybookOrders.cold();
        int order = 0;
        for (int size : List.of(100_000, 1_000_000, 2_000_000, 5_000_000)) {
            if (size > events) {
                return;
            }
            int last = size / EVENTS_OF_AN_ORDER;
            while (order < last - 10 * COMMANDS / 2) {
                orders.create("order-" + order++, EVENTS_OF_AN_ORDER);
            }
            while (order < last) {
                int end = Math.min(last, order + COMMANDS / 2);
                long start = System.nanoTime();
                int count = end - order;
                while (order < end) {
                    orders.create("order-" + order++, EVENTS_OF_AN_ORDER);
                }
                results.add("daybook", "" + size, (System.nanoTime() - start) / 1e3 / count);
            }
        }
    }
}
