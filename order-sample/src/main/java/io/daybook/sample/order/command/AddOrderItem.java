package io.daybook.sample.order.command;

import io.daybook.command.Command;
import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderRules;
import java.math.BigDecimal;

/**
 * Add an item to an order.
 *
 * @param orderId the id of the order
 * @param productId the id of the product to add
 * @param quantity the quantity
 * @param unitPrice the price of one
 */
public record AddOrderItem(String orderId, String productId, int quantity, BigDecimal unitPrice) implements Command {

    @Override
    public String aggregateId() {
        return orderId;
    }

    @Override
    public void validate(Violations violations) {
        OrderRules.checkItem(violations, productId, quantity, unitPrice);
    }
}
