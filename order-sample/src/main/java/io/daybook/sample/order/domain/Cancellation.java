package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * The cancellation of an order.
 *
 * @param reason the reason
 * @param cancelledAt the time of the cancellation
 * @param refundAmount the amount to refund
 */
public record Cancellation(String reason, Instant cancelledAt, BigDecimal refundAmount) {}
