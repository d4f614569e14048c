package io.daybook.sample.order.domain;

import java.time.Instant;

/**
 * How an order was shipped.
 *
 * @param trackingNumber the carrier's number for it
 * @param carrier who carries it
 * @param shippedAt when
 */
public record Shipment(String trackingNumber, String carrier, Instant shippedAt) {}
