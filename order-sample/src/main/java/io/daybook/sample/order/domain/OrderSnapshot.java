package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of an order at one version.
 *
 * @param status the status of the order
 * @param customerId the id of the customer
 * @param items the ordered items, one line for each product and price
 * @param totalAmount the price of all items
 * @param shippingAddress the address to which the order is sent
 * @param shipment the shipment; null if the order was not shipped
 * @param cancellation the cancellation; null if the order was not canceled
 */
public record OrderSnapshot(
        OrderStatus status,
        String customerId,
        List<OrderItem> items,
        BigDecimal totalAmount,
        ShippingAddress shippingAddress,
        @Nullable Shipment shipment,
        @Nullable Cancellation cancellation) {

    /** Copies the items. */
    public OrderSnapshot {
        items = List.copyOf(items);
    }
}
