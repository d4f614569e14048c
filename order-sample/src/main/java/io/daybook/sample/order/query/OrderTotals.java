package io.daybook.sample.order.query;

import io.daybook.projection.GroupedProjection;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.sample.order.domain.OrderStatus;
import java.math.BigDecimal;

/**
 * The totals of a group of orders.
 *
 * @param orders the number of orders
 * @param open the number of orders that are neither shipped nor canceled
 * @param shipped the number of shipped orders
 * @param cancelled the number of canceled orders
 * @param totalAmount the price of all orders that are not canceled
 */
public record OrderTotals(long orders, long open, long shipped, long cancelled, BigDecimal totalAmount) {

    /** The totals of no orders. */
    public static final OrderTotals NONE = new OrderTotals(0, 0, 0, 0, new BigDecimal("0.00"));

    /** The totals of each customer. */
    public static final GroupedProjection<OrderShare, OrderTotals> OF_CUSTOMERS =
            named("customer-summaries").groupedBy(OrderShare::customerId).build();

    /** The totals of each day on which orders were created. All orders of today change one group, so it is sharded. */
    public static final GroupedProjection<OrderShare, OrderTotals> OF_DAYS = named("daily-orders")
            .groupedBy(OrderShare::day)
            .sharded(8, OrderTotals::plus)
            .build();

    private static GroupedProjection.Builder<OrderShare, OrderTotals> named(String name) {
        return GroupedProjection.named(name, 1, OrderShare.class, OrderTotals.class)
                .contribution(
                        Order.TYPE,
                        share -> share.on(
                                        OrderCreated.class,
                                        (none, event, metadata) -> OrderShare.created(event, metadata))
                                .on(OrderItemAdded.class, (order, event, metadata) -> order.plus(event))
                                .on(OrderShipped.class, (order, event, metadata) -> order.shipped(event))
                                .on(OrderCancelled.class, (order, event, metadata) -> order.cancelled(event)))
                .startingWith(group -> NONE)
                .adding((totals, order) -> totals.plus(of(order)))
                .removing((totals, order) -> totals.minus(of(order)));
    }

    private static OrderTotals of(OrderShare order) {
        boolean cancelled = order.status() == OrderStatus.CANCELLED;
        return new OrderTotals(
                1,
                order.status() == OrderStatus.CREATED ? 1 : 0,
                order.status() == OrderStatus.SHIPPED ? 1 : 0,
                cancelled ? 1 : 0,
                cancelled ? NONE.totalAmount : order.totalAmount());
    }

    private OrderTotals plus(OrderTotals other) {
        return new OrderTotals(
                orders + other.orders,
                open + other.open,
                shipped + other.shipped,
                cancelled + other.cancelled,
                totalAmount.add(other.totalAmount));
    }

    private OrderTotals minus(OrderTotals other) {
        return new OrderTotals(
                orders - other.orders,
                open - other.open,
                shipped - other.shipped,
                cancelled - other.cancelled,
                totalAmount.subtract(other.totalAmount));
    }
}
