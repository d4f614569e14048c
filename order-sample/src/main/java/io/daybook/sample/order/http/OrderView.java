package io.daybook.sample.order.http;

import io.daybook.sample.order.domain.Cancellation;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.Shipment;
import io.daybook.sample.order.domain.ShippingAddress;
import io.daybook.sample.order.query.OrderSummary;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An order in an answer.
 *
 * @param orderId the id of the order
 * @param status its status: created, shipped or cancelled
 * @param version its version, which is also its ETag
 * @param customerId the id of the customer
 * @param items one line for each product and price
 * @param totalAmount the price of all items
 * @param shippingAddress the address
 * @param trackingNumber the number of the carrier, null if it was not shipped
 * @param carrier the carrier, null if it was not shipped
 * @param shippedAt the time of its shipment, null if it was not shipped
 * @param cancellation reason, time and refund, null if it was not cancelled
 * @param createdAt the time of its first event; only in lists, which sort by it
 * @param changedAt the time of its last event; only in lists, which sort by it
 */
record OrderView(
        String orderId,
        String status,
        long version,
        String customerId,
        List<OrderItem> items,
        BigDecimal totalAmount,
        ShippingAddress shippingAddress,
        @Nullable String trackingNumber,
        @Nullable String carrier,
        @Nullable Instant shippedAt,
        @Nullable Cancellation cancellation,
        @Nullable Instant createdAt,
        @Nullable Instant changedAt) {

    static OrderView of(String orderId, long version, OrderSnapshot order) {
        return of(orderId, version, order, null, null);
    }

    static OrderView listed(String orderId, OrderSummary summary) {
        return of(orderId, summary.version(), summary.order(), summary.createdAt(), summary.changedAt());
    }

    private static OrderView of(
            String orderId,
            long version,
            OrderSnapshot order,
            @Nullable Instant createdAt,
            @Nullable Instant changedAt) {
        Optional<Shipment> shipment = Optional.ofNullable(order.shipment());
        return new OrderView(
                orderId,
                order.status().name().toLowerCase(Locale.ROOT),
                version,
                order.customerId(),
                order.items(),
                order.totalAmount(),
                order.shippingAddress(),
                shipment.map(Shipment::trackingNumber).orElse(null),
                shipment.map(Shipment::carrier).orElse(null),
                shipment.map(Shipment::shippedAt).orElse(null),
                order.cancellation(),
                createdAt,
                changedAt);
    }
}
