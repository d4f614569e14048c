package io.daybook.sample.order;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The commands of a run: every order is placed, then gets items and, some of them, is shipped or cancelled, which forbids
 * what comes after it. They follow from the seed.
 */
final class OrderScript {

    /**
     * A command, which no other of the run equals.
     *
     * @param key the idempotency key
     * @param order which order, from 0
     * @param action {@code items}, {@code ship}, {@code cancel}, or empty for the one that places the order
     * @param body the body of the request
     */
    record Step(String key, int order, String action, String body) {

        boolean creates() {
            return action.isEmpty();
        }

        /** The product, if it adds one. */
        String product() {
            return "PROD-" + key;
        }
    }

    private OrderScript() {}

    static List<Step> steps(int seed, int orders, int commands) {
        Random random = new Random(seed);
        List<Step> changes = new ArrayList<>();
        for (int i = orders; i < commands; i++) {
            String key = "run" + seed + "-" + i;
            int order = random.nextInt(orders);
            int kind = random.nextInt(20);
            if (kind == 0) {
                changes.add(new Step(
                        key, order, "ship", "{\"tracking_number\": \"%s\", \"carrier\": \"UPS\"}".formatted(key)));
            } else if (kind == 1) {
                changes.add(new Step(key, order, "cancel", "{\"reason\": \"%s\"}".formatted(key)));
            } else {
                changes.add(new Step(
                        key,
                        order,
                        "items",
                        "{\"product_id\": \"PROD-%s\", \"quantity\": 1, \"unit_price\": 9.99}".formatted(key)));
            }
        }
        List<Step> steps = new ArrayList<>(IntStream.range(0, orders)
                .mapToObj(order -> new Step("run" + seed + "-" + order, order, "", RunningOrders.CREATE))
                .toList());
        Collections.shuffle(changes, random);
        steps.addAll(changes);
        return steps;
    }
}
