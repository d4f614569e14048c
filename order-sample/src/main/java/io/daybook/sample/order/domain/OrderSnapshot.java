package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of an order at one version.
 *
 * @param status how far it has come
 * @param customerId who ordered
 * @param items what is ordered, one line for each product and price
 * @param totalAmount what it costs
 * @param shippingAddress where it is to be sent
 * @param shipment how it was shipped, null if it was not
 * @param cancellation how it was cancelled, null if it was not
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
