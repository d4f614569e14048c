package io.daybook.sample.order.http;

import io.daybook.aggregate.UpdateResult;
import io.daybook.sample.order.command.AddOrderItem;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.sample.order.command.CreateOrder;
import io.daybook.sample.order.command.ShipOrder;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a command. It depends only on the command and its result, so a repeated command gets the first answer.
 */
record CommandAnswer(
        String orderId,
        String status,
        String message,
        long version,
        @Nullable String trackingNumber) {

    static CommandAnswer created(CreateOrder command, UpdateResult<?> result) {
        return of(command.orderId(), "created", "Order created successfully", result, null);
    }

    static CommandAnswer itemAdded(AddOrderItem command, UpdateResult<?> result) {
        String message = "Added " + command.quantity() + " of " + command.productId() + " to order";
        return of(command.orderId(), "item_added", message, result, null);
    }

    static CommandAnswer shipped(ShipOrder command, UpdateResult<?> result) {
        return of(command.orderId(), "shipped", "Order shipped successfully", result, command.trackingNumber());
    }

    static CommandAnswer cancelled(CancelOrder command, UpdateResult<?> result) {
        return of(command.orderId(), "cancelled", "Order cancelled successfully", result, null);
    }

    private static CommandAnswer of(
            String id, String status, String message, UpdateResult<?> result, @Nullable String trackingNumber) {
        return new CommandAnswer(id, status, message, result.version(), trackingNumber);
    }
}
