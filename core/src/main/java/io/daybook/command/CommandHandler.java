package io.daybook.command;

import io.daybook.aggregate.UpdateResult;

/**
 * Carries out one type of command. Most commands concern one aggregate and are registered with
 * {@link CommandBus.Builder#creating CommandBus.Builder.creating} or {@link CommandBus.Builder#updating CommandBus.Builder.updating};
 * implement this for the others. Safe for use by many threads.
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
     * Carries out a command. Pass {@link CommandContext#updateContext()} on to the repository, so that the events name the
     * command, a repeat of it is recognised and its deadline is kept.
     *
     * @param command the command, authorized and validated
     * @param context what is known about it
     * @return what became of it, mostly what the repository returned
     */
    UpdateResult<?> handle(C command, CommandContext context);
}
