package io.daybook.sample.order.query;

import io.daybook.event.EventMetadata;
import io.daybook.sample.order.domain.Cancellation;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderEvent;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.OrderStatus;
import io.daybook.sample.order.domain.Shipment;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The read model of one order.
 *
 * @param version the version of the order
 * @param order the state of the order
 * @param createdAt the time of its first event
 * @param changedAt the time of its last event
 */
public record OrderSummary(long version, OrderSnapshot order, Instant createdAt, Instant changedAt) {

    /**
     * Applies one event.
     *
     * @param before the order before it; null for the first event
     * @param event the event
     * @param metadata the metadata of the event
     * @return the order after it
     */
    static OrderSummary apply(@Nullable OrderSummary before, OrderEvent event, EventMetadata metadata) {
        if (event instanceof OrderCreated created) {
            return created(created, metadata);
        }
        OrderSummary order = Objects.requireNonNull(before, "an order begins with OrderCreated");
        if (event instanceof OrderItemAdded added) {
            return order.plus(added, metadata);
        } else if (event instanceof OrderShipped shipped) {
            return order.shipped(shipped, metadata);
        }
        return order.cancelled((OrderCancelled) event, metadata);
    }

    private static OrderSummary created(OrderCreated event, EventMetadata metadata) {
        OrderSnapshot order = new OrderSnapshot(
                OrderStatus.CREATED,
                event.customerId(),
                lines(List.of(), event.items()),
                event.totalAmount(),
                event.shippingAddress(),
                null,
                null);
        return new OrderSummary(metadata.sequenceNumber(), order, metadata.timestamp(), metadata.timestamp());
    }

    private OrderSummary plus(OrderItemAdded event, EventMetadata metadata) {
        OrderItem item = event.item();
        return with(
                metadata,
                order.status(),
                lines(order.items(), List.of(item)),
                order.totalAmount().add(item.amount()),
                null,
                null);
    }

    private OrderSummary shipped(OrderShipped event, EventMetadata metadata) {
        Shipment shipment = new Shipment(event.trackingNumber(), event.carrier(), event.shippedAt());
        return with(metadata, OrderStatus.SHIPPED, order.items(), order.totalAmount(), shipment, null);
    }

    private OrderSummary cancelled(OrderCancelled event, EventMetadata metadata) {
        Cancellation cancellation = new Cancellation(event.reason(), event.cancelledAt(), event.refundAmount());
        return with(metadata, OrderStatus.CANCELLED, order.items(), order.totalAmount(), null, cancellation);
    }

    private OrderSummary with(
            EventMetadata metadata,
            OrderStatus status,
            List<OrderItem> items,
            BigDecimal total,
            @Nullable Shipment shipment,
            @Nullable Cancellation cancellation) {
        OrderSnapshot next = new OrderSnapshot(
                status, order.customerId(), items, total, order.shippingAddress(), shipment, cancellation);
        return new OrderSummary(metadata.sequenceNumber(), next, createdAt, metadata.timestamp());
    }

    private static List<OrderItem> lines(List<OrderItem> lines, List<OrderItem> added) {
        List<OrderItem> all = new ArrayList<>(lines);
        added.forEach(item -> item.addTo(all));
        return all;
    }
}
