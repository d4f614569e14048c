package io.daybook.command;

import io.daybook.aggregate.AggregateRoot;

/**
 * A handler that carries out a command on an aggregate. Register it, usually as a lambda, with
 * {@link CommandBus.Builder#creating CommandBus.Builder.creating} or {@link CommandBus.Builder#updating CommandBus.Builder.updating}; see
 * {@link CommandBus}. After a conflict with another writer, it is called again on fresh state, so it must have no effects other than those
 * on the aggregate. Implementations must be thread-safe.
 *
 * @param <A> the aggregate's class
 * @param <C> the command's class
 */
@FunctionalInterface
public interface AggregateCommandHandler<A extends AggregateRoot<?>, C extends Command> {

    /**
     * Handles a command by calling methods of the aggregate, which raise events or throw.
     *
     * @param aggregate the aggregate
     * @param command the authorized and validated command
     * @param context the context of the command, including the time
     */
    void handle(A aggregate, C command, CommandContext context);
}
