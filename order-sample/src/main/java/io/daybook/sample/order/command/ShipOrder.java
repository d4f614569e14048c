package io.daybook.sample.order.command;

import io.daybook.command.Command;
import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderRules;

/**
 * Record that an order was handed to a carrier.
 *
 * @param orderId the id of the order
 * @param trackingNumber the carrier's number for it
 * @param carrier the carrier
 */
public record ShipOrder(String orderId, String trackingNumber, String carrier) implements Command {

    @Override
    public String aggregateId() {
        return orderId;
    }

    @Override
    public void validate(Violations violations) {
        OrderRules.checkText(violations, "trackingNumber", trackingNumber, OrderRules.MAX_ID);
        OrderRules.checkText(violations, "carrier", carrier, OrderRules.MAX_TEXT);
    }
}
