package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An order was cancelled: the compensating event, which states what is paid back and alters nothing that was recorded
 * before.
 *
 * @param orderId the id of the order
 * @param reason the reason that the caller gave
 * @param cancelledAt the time of the command
 * @param refundAmount what is paid back: the total of the order
 */
@EventType("OrderCancelled")
public record OrderCancelled(String orderId, String reason, Instant cancelledAt, BigDecimal refundAmount)
        implements OrderEvent {}
