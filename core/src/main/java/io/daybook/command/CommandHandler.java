package io.daybook.command;

import io.daybook.aggregate.UpdateResult;

/**
 * A handler for one type of command. Most commands affect one aggregate and are registered with
 * {@link CommandBus.Builder#creating CommandBus.Builder.creating} or {@link CommandBus.Builder#updating CommandBus.Builder.updating}.
 * Implement this interface for other commands. Implementations must be thread-safe.
 *
 * <pre>{@code
 * CommandHandler<ShipOrder> handler = (command, context) -> orders.update(
 *         command.orderId(), context.updateContext(), order -> order.ship(command.trackingNumber(), context.now()));
 * CommandBus bus = CommandBus.builder().handling(ShipOrder.class, handler).build();
 * }</pre>
 *
 * @param <C> the command's class
 */
@FunctionalInterface
public interface CommandHandler<C extends Command> {

    /**
     * Handles a command. Pass {@link CommandContext#updateContext()} to the repository, so that the events contain the
     * command id, retries of the command are recognized, and its timeout is enforced.
     *
     * @param command the authorized and validated command
     * @param context the context of the command
     * @return the result, usually the one returned by the repository
     */
    UpdateResult<?> handle(C command, CommandContext context);
}
