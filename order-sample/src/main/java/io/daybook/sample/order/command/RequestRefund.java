package io.daybook.sample.order.command;

import io.daybook.command.Command;
import java.math.BigDecimal;

/**
 * Pay the refund for a canceled order.
 *
 * @param orderId the id of the order
 * @param amount the amount
 */
public record RequestRefund(String orderId, BigDecimal amount) implements Command {

    @Override
    public String aggregateId() {
        return orderId;
    }
}
