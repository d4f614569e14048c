package io.daybook.sample.order.domain;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.math.BigDecimal;

/**
 * The refund for a canceled order was paid.
 *
 * @param orderId the id of the order, which is also the id of the refund
 * @param amount the amount
 * @param reference the reference that the payment gateway returned
 */
@EventType("RefundPaid")
public record RefundPaid(String orderId, BigDecimal amount, String reference) implements DomainEvent {}
