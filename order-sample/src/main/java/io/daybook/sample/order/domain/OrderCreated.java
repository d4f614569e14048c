package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.util.List;

/**
 * An order was placed.
 *
 * @param orderId the id of the order
 * @param customerId who ordered
 * @param items what was ordered, as it was sent
 * @param totalAmount the sum over all items of quantity times unit price
 * @param shippingAddress where it is to be sent
 */
@EventType("OrderCreated")
public record OrderCreated(
        String orderId,
        String customerId,
        List<OrderItem> items,
        BigDecimal totalAmount,
        ShippingAddress shippingAddress)
        implements OrderEvent {

    /** Copies the items. */
    public OrderCreated {
        items = List.copyOf(items);
    }
}
