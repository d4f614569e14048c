package io.daybook.sample.order.http;

import io.daybook.sample.order.domain.Cancellation;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.Shipment;
import io.daybook.sample.order.domain.ShippingAddress;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An order as it is shown.
 *
 * @param orderId its id
 * @param status how far it has come: created, shipped or cancelled
 * @param version its version, which is also its ETag
 * @param customerId who ordered
 * @param items one line for each product and price
 * @param totalAmount what it costs
 * @param shippingAddress where it is to be sent
 * @param trackingNumber the carrier's number, if it was shipped
 * @param carrier who carries it, if it was shipped
 * @param shippedAt when it was shipped, if it was
 * @param cancellation why and when it was cancelled and what is paid back, if it was
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
        @Nullable Cancellation cancellation) {

    static OrderView of(Order order) {
        OrderSnapshot state = order.state();
        Optional<Shipment> shipment = Optional.ofNullable(state.shipment());
        return new OrderView(
                order.id(),
                state.status().name().toLowerCase(Locale.ROOT),
                order.version(),
                state.customerId(),
                state.items(),
                state.totalAmount(),
                state.shippingAddress(),
                shipment.map(Shipment::trackingNumber).orElse(null),
                shipment.map(Shipment::carrier).orElse(null),
                shipment.map(Shipment::shippedAt).orElse(null),
                state.cancellation());
    }
}
