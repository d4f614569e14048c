package io.daybook.sample.order.domain;

/** The status of an order. */
public enum OrderStatus {
    /** The order is placed and open: items can be added. */
    CREATED,
    /** The order was handed to the carrier. */
    SHIPPED,
    /** The order was canceled, and its total is refunded. */
    CANCELLED
}
