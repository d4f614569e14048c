package io.daybook.sample.order.domain;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.DomainException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An order: placed with its first items, extended while it is open, then either shipped or canceled. Repeating a
 * request with the same data changes nothing.
 */
public final class Order extends AggregateRoot<OrderEvent> {

    /** The aggregate type. */
    public static final AggregateType<Order, OrderEvent> TYPE = AggregateType.named(
                    "Order", OrderEvent.class, Order::new)
            .on(OrderCreated.class, Order::created)
            .on(OrderItemAdded.class, Order::itemAdded)
            .on(OrderShipped.class, Order::shipped)
            .on(OrderCancelled.class, Order::cancelled)
            .snapshot(OrderSnapshot.class, Order::state, Order::restore)
            .build();

    private static final BigDecimal NOTHING = new BigDecimal("0.00");

    private @Nullable OrderStatus status;
    private String customerId = "";
    private final List<OrderItem> lines = new ArrayList<>();
    private BigDecimal totalAmount = NOTHING;
    private ShippingAddress shippingAddress = new ShippingAddress("", "", "", "");
    private @Nullable Shipment shipment;
    private @Nullable Cancellation cancellation;

    private Order() {}

    /**
     * Places this order.
     *
     * @param customerId the id of the customer
     * @param items the ordered items, at least one
     * @param shippingAddress the address to which the order is sent
     * @throws DomainException if a rule is violated
     */
    public void create(String customerId, List<OrderItem> items, ShippingAddress shippingAddress) {
        require(status == null, "the order already exists");
        OrderRules.enforce(violations -> {
            OrderRules.checkText(violations, "customerId", customerId, OrderRules.MAX_ID);
            OrderRules.checkItems(violations, List.copyOf(items));
            OrderRules.checkAddress(violations, shippingAddress);
        });
        List<OrderItem> inCents = items.stream().map(Order::inCents).toList();
        BigDecimal total = inCents.stream().map(OrderItem::amount).reduce(NOTHING, BigDecimal::add);
        raise(new OrderCreated(id(), customerId, inCents, total, shippingAddress));
    }

    /**
     * Adds an item to this order, which must be open. If it already has the product at the same price, the quantity increases.
     *
     * @param item the item to add
     * @throws DomainException if a rule is violated
     */
    public void addItem(OrderItem item) {
        OrderRules.enforce(
                violations -> OrderRules.checkItem(violations, item.productId(), item.quantity(), item.unitPrice()));
        require(existing() != OrderStatus.SHIPPED, "nothing can be added to a shipped order");
        require(existing() != OrderStatus.CANCELLED, "nothing can be added to a cancelled order");
        int line = item.lineIn(lines);
        require(
                line >= 0 || lines.size() < OrderRules.MAX_LINES,
                "the order has " + OrderRules.MAX_LINES + " lines, the maximum");
        require(
                line < 0 || lines.get(line).quantity() + item.quantity() <= OrderRules.MAX_LINE_QUANTITY,
                "the order can have at most " + OrderRules.MAX_LINE_QUANTITY + " of one product at one price");
        OrderItem inCents = inCents(item);
        raise(new OrderItemAdded(id(), inCents.productId(), inCents.quantity(), inCents.unitPrice()));
    }

    /**
     * Records that this order was handed to a carrier. Repeating the call with the same data changes nothing.
     *
     * @param trackingNumber the carrier's number for it
     * @param carrier the carrier
     * @param at the time
     * @throws DomainException if a rule is violated
     */
    public void ship(String trackingNumber, String carrier, Instant at) {
        OrderRules.enforce(violations -> {
            OrderRules.checkText(violations, "trackingNumber", trackingNumber, OrderRules.MAX_ID);
            OrderRules.checkText(violations, "carrier", carrier, OrderRules.MAX_TEXT);
        });
        require(existing() != OrderStatus.CANCELLED, "a cancelled order cannot be shipped");
        if (shipment == null) {
            raise(new OrderShipped(id(), trackingNumber, carrier, at));
            return;
        }
        require(
                shipment.trackingNumber().equals(trackingNumber)
                        && shipment.carrier().equals(carrier),
                "the order was already shipped with another tracking number or carrier");
    }

    /**
     * Cancels this order, unless it is shipped. Its total is refunded. Repeating the call with the same data changes
     * nothing.
     *
     * @param reason the reason
     * @param at the time
     * @throws DomainException if a rule is violated
     */
    public void cancel(String reason, Instant at) {
        OrderRules.enforce(violations -> OrderRules.checkText(violations, "reason", reason, OrderRules.MAX_TEXT));
        require(existing() != OrderStatus.SHIPPED, "a shipped order cannot be cancelled");
        if (cancellation == null) {
            raise(new OrderCancelled(id(), reason, at, totalAmount));
            return;
        }
        require(cancellation.reason().equals(reason), "the order was already cancelled for another reason");
    }

    /**
     * {@return the state of this order}
     *
     * @throws DomainException if the order was never placed
     */
    public OrderSnapshot state() {
        return new OrderSnapshot(existing(), customerId, lines, totalAmount, shippingAddress, shipment, cancellation);
    }

    /**
     * {@return the status of this order; empty if it was never placed}
     */
    public Optional<OrderStatus> status() {
        return Optional.ofNullable(status);
    }

    private OrderStatus existing() {
        if (status == null) {
            throw new DomainException("the order does not exist");
        }
        return status;
    }

    private static OrderItem inCents(OrderItem item) {
        return new OrderItem(item.productId(), item.quantity(), OrderRules.inCents(item.unitPrice()));
    }

    private void created(OrderCreated event) {
        status = OrderStatus.CREATED;
        customerId = event.customerId();
        event.items().forEach(item -> item.addTo(lines));
        totalAmount = event.totalAmount();
        shippingAddress = event.shippingAddress();
    }

    private void itemAdded(OrderItemAdded event) {
        event.item().addTo(lines);
        totalAmount = totalAmount.add(event.item().amount());
    }

    private void shipped(OrderShipped event) {
        status = OrderStatus.SHIPPED;
        shipment = new Shipment(event.trackingNumber(), event.carrier(), event.shippedAt());
    }

    private void cancelled(OrderCancelled event) {
        status = OrderStatus.CANCELLED;
        cancellation = new Cancellation(event.reason(), event.cancelledAt(), event.refundAmount());
    }

    private void restore(OrderSnapshot snapshot) {
        status = snapshot.status();
        customerId = snapshot.customerId();
        lines.addAll(snapshot.items());
        totalAmount = snapshot.totalAmount();
        shippingAddress = snapshot.shippingAddress();
        shipment = snapshot.shipment();
        cancellation = snapshot.cancellation();
    }
}
