package io.daybook.command;

import io.daybook.aggregate.UpdateResult;

/**
 * Stands between sender and handler: sees each command and its outcome, may refuse it. Added with {@link CommandBus.Builder#interceptBeforeChecks},
 * before all checks, or with {@link CommandBus.Builder#intercept}, after them.
 *
 * <pre>{@code
 * CommandInterceptor slow = (command, context, next) -> {
 *     long start = System.nanoTime();
 *     try {
 *         return next.proceed(command, context);
 *     } finally {
 *         if (System.nanoTime() - start > 1_000_000_000) {
 *             System.err.println("slow: " + context.commandType() + " " + context.metadata().commandId());
 *         }
 *     }
 * };
 * }</pre>
 *
 * <p>What an implementation keeps:
 * <ul>
 *   <li>it calls {@link Next#proceed Next.proceed} once, with the command and the context that it got, and returns what that returns; or it
 *       refuses by throwing, before it goes on;
 *   <li>what it does holds for repeats as well: a command that was handled before passes all interceptors again;
 *   <li>once {@code proceed} has returned, the events are stored: an exception thrown then tells the sender of a failure that was
 *       none;
 *   <li>it lets pass what {@code proceed} throws, and catches neither {@link InterruptedException} nor {@link Error};
 *   <li>it is safe for use by many threads, and quick: the sender waits for it, and the deadline goes on.
 * </ul>
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
        UpdateResult<?> proceed(Command command, CommandContext context);
    }

    /**
     * Handles a command by going on, or refuses it by throwing.
     *
     * @param command the command
     * @param context what is known about it
     * @param next the rest of the way; to be called once
     * @return what became of it
     */
    UpdateResult<?> intercept(Command command, CommandContext context, Next next);
}
