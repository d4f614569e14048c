package io.daybook.benchmarks;

import io.daybook.benchmarks.OrderEvent.Address;
import io.daybook.benchmarks.OrderEvent.Item;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order that every contender uses for decisions and rebuilds: its rules, and its state, which is derived from
 * events.
 */
public final class OrderState {

    /** The contents of a snapshot. */
    public record Snapshot(String orderId, String customerId, List<Item> lines, BigDecimal total, Instant lastChange) {}

    /** The command that is measured. */
    public record AddItem(String orderId, String productId, int quantity, BigDecimal unitPrice) {}

    private static final int PRODUCTS = 40;
    private static final Address ADDRESS = new Address("123 Main St", "Seattle", "WA", "98101");
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678901Z");

    private String orderId = "";
    private String customerId = "";
    private final Map<String, Item> lines = new LinkedHashMap<>();
    private BigDecimal total = BigDecimal.ZERO;
    private Instant lastChange = Instant.EPOCH;

    /** The events of an order, the first of which creates it. */
    public static List<OrderEvent> history(String orderId, int from, int to) {
        List<OrderEvent> events = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            events.add(
                    i == 0
                            ? new OrderCreated(
                                    orderId,
                                    "CUST-123",
                                    List.of(new Item("PROD-0", 2, new BigDecimal("49.99"))),
                                    new BigDecimal("99.98"),
                                    ADDRESS,
                                    START)
                            : new ItemAdded(
                                    orderId,
                                    "PROD-" + i % PRODUCTS,
                                    1 + i % 3,
                                    new BigDecimal("19.95"),
                                    START.plusMillis(1_237L * i)));
        }
        return events;
    }

    public static AddItem addItem(String orderId) {
        return new AddItem(orderId, "PROD-7", 2, new BigDecimal("12.50"));
    }

    public ItemAdded decide(AddItem command, Instant now) {
        if (orderId.isEmpty()) {
            throw new IllegalStateException("there is no order");
        }
        if (command.quantity() < 1 || command.unitPrice().signum() < 0) {
            throw new IllegalArgumentException("quantity and price must be positive");
        }
        return new ItemAdded(orderId, command.productId(), command.quantity(), command.unitPrice(), now);
    }

    public void apply(OrderEvent event) {
        switch (event) {
            case OrderCreated created -> {
                orderId = created.orderId();
                customerId = created.customerId();
                created.items().forEach(this::add);
                total = created.totalAmount();
                lastChange = created.createdAt();
            }
            case ItemAdded added -> {
                Item item = new Item(added.productId(), added.quantity(), added.unitPrice());
                add(item);
                total = total.add(item.unitPrice().multiply(BigDecimal.valueOf(item.quantity())));
                lastChange = added.addedAt();
            }
        }
    }

    private void add(Item item) {
        lines.merge(
                item.productId(),
                item,
                (old, more) -> new Item(old.productId(), old.quantity() + more.quantity(), more.unitPrice()));
    }

    int quantityOf(String productId) {
        return lines.get(productId).quantity();
    }

    public Snapshot snapshot() {
        return new Snapshot(orderId, customerId, List.copyOf(lines.values()), total, lastChange);
    }

    public void restore(Snapshot snapshot) {
        orderId = snapshot.orderId();
        customerId = snapshot.customerId();
        snapshot.lines().forEach(line -> lines.put(line.productId(), line));
        total = snapshot.total();
        lastChange = snapshot.lastChange();
    }
}
