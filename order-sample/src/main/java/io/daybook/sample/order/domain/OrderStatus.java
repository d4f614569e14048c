package io.daybook.sample.order.domain;

/** The status of an order. */
public enum OrderStatus {
    /** It is placed and open: items can be added. */
    CREATED,
    /** It is with the carrier. */
    SHIPPED,
    /** It was cancelled and is paid back. */
    CANCELLED
}
