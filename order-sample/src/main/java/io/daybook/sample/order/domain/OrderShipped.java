package io.daybook.sample.order.domain;

import io.daybook.event.EventType;
import java.time.Instant;

/**
 * An order was handed to a carrier. Version 1 of this event did not name the carrier: see {@link OrderEvents}.
 *
 * @param orderId the id of the order
 * @param trackingNumber the carrier's number for it
 * @param carrier the carrier
 * @param shippedAt the time of the command
 */
@EventType(value = "OrderShipped", version = 2)
public record OrderShipped(String orderId, String trackingNumber, String carrier, Instant shippedAt)
        implements OrderEvent {}
