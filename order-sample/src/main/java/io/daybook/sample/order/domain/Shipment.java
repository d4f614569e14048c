package io.daybook.sample.order.domain;

import java.time.Instant;

/**
 * The shipment of an order.
 *
 * @param trackingNumber the carrier's tracking number
 * @param carrier the name of the carrier
 * @param shippedAt the time of the shipment
 */
public record Shipment(String trackingNumber, String carrier, Instant shippedAt) {}
