package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.util.List;

/**
 * An order was placed.
 *
 * @param orderId the id of the order
 * @param customerId the id of the customer
 * @param items the ordered items, as the customer sent them
 * @param totalAmount the sum over all items of quantity times unit price
 * @param shippingAddress the address to which the order is sent
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
