package io.daybook.benchmarks;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** The events that every contender stores. For all contenders except Daybook, they are plain records. */
public sealed interface OrderEvent extends DomainEvent {

    String orderId();

    record Item(String productId, int quantity, BigDecimal unitPrice) {}

    record Address(String street, String city, String state, String zip) {}

    @EventType("OrderCreated")
    record OrderCreated(
            String orderId,
            String customerId,
            List<Item> items,
            BigDecimal totalAmount,
            Address shippingAddress,
            Instant createdAt)
            implements OrderEvent {}

    @EventType("ItemAdded")
    record ItemAdded(String orderId, String productId, int quantity, BigDecimal unitPrice, Instant addedAt)
            implements OrderEvent {}
}
