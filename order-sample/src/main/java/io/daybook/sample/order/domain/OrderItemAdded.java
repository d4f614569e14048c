package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.math.BigDecimal;

/**
 * An item was added to an order that was open.
 *
 * @param orderId the id of the order
 * @param productId the id of the added product
 * @param quantity the quantity
 * @param unitPrice the price of one
 */
@EventType("OrderItemAdded")
public record OrderItemAdded(String orderId, String productId, int quantity, BigDecimal unitPrice)
        implements OrderEvent {

    /**
     * {@return the added item}
     */
    public OrderItem item() {
        return new OrderItem(productId, quantity, unitPrice);
    }
}
