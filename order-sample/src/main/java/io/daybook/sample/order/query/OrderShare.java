package io.daybook.sample.order.query;

import io.daybook.event.EventMetadata;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.sample.order.domain.OrderStatus;
import java.math.BigDecimal;
import java.time.ZoneOffset;

/**
 * The contribution of one order to {@link OrderTotals}.
 *
 * @param customerId the customer
 * @param day the day of its first event in UTC, such as {@code 2026-01-31}
 * @param status its status
 * @param totalAmount the price of its items
 */
public record OrderShare(String customerId, String day, OrderStatus status, BigDecimal totalAmount) {

    static OrderShare created(OrderCreated event, EventMetadata metadata) {
        String day = metadata.timestamp().atOffset(ZoneOffset.UTC).toLocalDate().toString();
        return new OrderShare(event.customerId(), day, OrderStatus.CREATED, event.totalAmount());
    }

    OrderShare plus(OrderItemAdded event) {
        return new OrderShare(
                customerId, day, status, totalAmount.add(event.item().amount()));
    }

    OrderShare shipped(OrderShipped event) {
        return new OrderShare(customerId, day, OrderStatus.SHIPPED, totalAmount);
    }

    OrderShare cancelled(OrderCancelled event) {
        return new OrderShare(customerId, day, OrderStatus.CANCELLED, totalAmount);
    }
}
