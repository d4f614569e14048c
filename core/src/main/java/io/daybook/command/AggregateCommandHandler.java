package io.daybook.command;

import io.daybook.aggregate.AggregateRoot;

/**
 * A handler for commands to an aggregate. Register it, usually as a lambda, with {@link CommandBus.Builder#creating
 * CommandBus.Builder.creating} or {@link CommandBus.Builder#updating CommandBus.Builder.updating}; see
 * {@link CommandBus}. After a conflict with another writer, the handler is called again with the current state, so it
 * must have no side effects outside the aggregate. Implementations must be thread-safe.
 *
 * @param <A> the aggregate's class
 * @param <C> the command's class
 */
@FunctionalInterface
public interface AggregateCommandHandler<A extends AggregateRoot<?>, C extends Command> {

    /**
     * Handles a command by calling methods on the aggregate, which raise events or throw exceptions.
     *
     * @param aggregate the aggregate
     * @param command the authorized and validated command
     * @param context the context of the command, including the time
     */
    void handle(A aggregate, C command, CommandContext context);
}
