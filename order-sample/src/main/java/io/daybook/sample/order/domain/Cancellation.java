package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * How an order was cancelled.
 *
 * @param reason why
 * @param cancelledAt when
 * @param refundAmount what is paid back
 */
public record Cancellation(String reason, Instant cancelledAt, BigDecimal refundAmount) {}
