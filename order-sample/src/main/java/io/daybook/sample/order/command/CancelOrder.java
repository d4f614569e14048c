package io.daybook.sample.order.command;

import io.daybook.command.Command;
import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderRules;

/**
 * Cancel an order and refund its total.
 *
 * @param orderId the id of the order
 * @param reason the reason
 */
public record CancelOrder(String orderId, String reason) implements Command {

    @Override
    public String aggregateId() {
        return orderId;
    }

    @Override
    public void validate(Violations violations) {
        OrderRules.checkText(violations, "reason", reason, OrderRules.MAX_TEXT);
    }
}
