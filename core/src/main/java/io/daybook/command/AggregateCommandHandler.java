package io.daybook.command;

import io.daybook.aggregate.AggregateRoot;

/**
 * What an aggregate does with a command: the part of a handler that is the user's, given to
 * {@link CommandBus.Builder#creating CommandBus.Builder.creating} and {@link CommandBus.Builder#updating CommandBus.Builder.updating},
 * mostly as a lambda; see {@link CommandBus}. It is called again on fresh state when another writer came first, so it must have no effects
 * besides those on the aggregate. Safe for use by many threads.
 *
 * @param <A> the aggregate's class
 * @param <C> the command's class
 */
@FunctionalInterface
public interface AggregateCommandHandler<A extends AggregateRoot<?>, C extends Command> {

    /**
     * Calls methods of the aggregate, which raise events or throw.
     *
     * @param aggregate the aggregate
     * @param command the command, authorized and validated
     * @param context what is known about the command, among it the time
     */
    void handle(A aggregate, C command, CommandContext context);
}
