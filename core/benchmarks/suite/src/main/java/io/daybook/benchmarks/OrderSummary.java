package io.daybook.benchmarks;

import io.daybook.benchmarks.OrderEvent.Item;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import java.math.BigDecimal;
import java.time.Instant;

/** The document that every contender keeps for an order, and its fold. */
public record OrderSummary(String orderId, String customerId, int items, BigDecimal total, Instant lastChange) {

    static OrderSummary of(OrderCreated event) {
        int items = event.items().stream().mapToInt(Item::quantity).sum();
        return new OrderSummary(event.orderId(), event.customerId(), items, event.totalAmount(), event.createdAt());
    }

    OrderSummary with(ItemAdded event) {
        return new OrderSummary(
                orderId,
                customerId,
                items + event.quantity(),
                total.add(event.unitPrice().multiply(BigDecimal.valueOf(event.quantity()))),
                event.addedAt());
    }

    /** Takes null for an order that has no document yet. */
    static OrderSummary fold(OrderSummary before, OrderEvent event) {
        return switch (event) {
            case OrderCreated created -> of(created);
            case ItemAdded added -> before.with(added);
        };
    }
}
