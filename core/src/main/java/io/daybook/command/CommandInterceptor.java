package io.daybook.command;

import io.daybook.aggregate.Change;

/**
 * Stands between sender and handler: sees each command and its outcome, may refuse it. Safe for use by many threads.
 */
@FunctionalInterface
public interface CommandInterceptor {

    /** The rest of the way to the handler. */
    @FunctionalInterface
    interface Next {

        /**
         * Goes on.
         *
         * @param command the command
         * @param context what is known about it
         * @return what became of it
         */
        Change proceed(Command command, CommandContext context);
    }

    /**
     * Handles a command by going on, or refuses it by throwing.
     *
     * @param command the command
     * @param context what is known about it
     * @param next the rest of the way; to be called once
     * @return what became of it
     */
    Change intercept(Command command, CommandContext context, Next next);
}
