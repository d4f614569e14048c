package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An order was canceled. This compensating event records the refund and does not alter anything that was recorded
 * before.
 *
 * @param orderId the id of the order
 * @param reason the reason that the caller gave
 * @param cancelledAt the time of the command
 * @param refundAmount the amount to refund, which is the total of the order
 */
@EventType("OrderCancelled")
public record OrderCancelled(String orderId, String reason, Instant cancelledAt, BigDecimal refundAmount)
        implements OrderEvent {}
