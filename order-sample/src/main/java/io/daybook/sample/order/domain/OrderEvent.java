package io.daybook.sample.order.domain;

import io.daybook.event.DomainEvent;

/** Something that happened to an order. */
public sealed interface OrderEvent extends DomainEvent
        permits OrderCreated, OrderItemAdded, OrderShipped, OrderCancelled {

    /**
     * {@return the id of the order}
     */
    String orderId();
}
