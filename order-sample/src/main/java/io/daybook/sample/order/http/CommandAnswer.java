package io.daybook.sample.order.http;

import io.daybook.aggregate.UpdateResult;
import io.daybook.sample.order.command.AddOrderItem;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.sample.order.command.CreateOrder;
import io.daybook.sample.order.command.ShipOrder;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a command. It is made of the command and its result alone, so a repeat gets the first answer.
 *
 * @param orderId the id of the order
 * @param status what was done
 * @param message what was done, in words
 * @param version the version of the order after it
 * @param trackingNumber the carrier's number, null if the order was not shipped by this
 */
record CommandAnswer(
        String orderId,
        String status,
        String message,
        long version,
        @Nullable String trackingNumber) {

    static CommandAnswer created(CreateOrder command, UpdateResult<?> result) {
        return new CommandAnswer(command.orderId(), "created", "Order created successfully", result.version(), null);
    }

    static CommandAnswer itemAdded(AddOrderItem command, UpdateResult<?> result) {
        return new CommandAnswer(
                command.orderId(),
                "item_added",
                "Added " + command.quantity() + " of " + command.productId() + " to order",
                result.version(),
                null);
    }

    static CommandAnswer shipped(ShipOrder command, UpdateResult<?> result) {
        return new CommandAnswer(
                command.orderId(), "shipped", "Order shipped successfully", result.version(), command.trackingNumber());
    }

    static CommandAnswer cancelled(CancelOrder command, UpdateResult<?> result) {
        return new CommandAnswer(
                command.orderId(), "cancelled", "Order cancelled successfully", result.version(), null);
    }
}
