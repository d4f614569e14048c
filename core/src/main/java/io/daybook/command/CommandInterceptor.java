package io.daybook.command;

import io.daybook.aggregate.UpdateResult;

/**
 * An interceptor between the sender and the handler of a command. It sees the command and its outcome, and can reject
 * the command. Add it with {@link CommandBus.Builder#interceptBeforeChecks} to run before all checks, or with
 * {@link CommandBus.Builder#intercept} to run after them.
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
 * <p>An implementation must follow these rules:
 * <ul>
 *   <li>it calls {@link Next#proceed Next.proceed} once, with the command and the context that it received, and returns the result; or it
 *       rejects the command by throwing before it calls {@code proceed};
 *   <li>it tolerates repeated commands: a command that was handled before passes through all interceptors again;
 *   <li>it does not throw after {@code proceed} has returned: the events are then stored, and the sender would see a
 *       failure although the command succeeded;
 *   <li>it does not suppress exceptions thrown by {@code proceed}, and catches neither {@link InterruptedException} nor
 *   {@link Error};
 *   <li>it is thread-safe and fast: the sender waits for it, and the timeout keeps running.
 * </ul>
 */
@FunctionalInterface
public interface CommandInterceptor {

    /** The rest of the pipeline, up to the handler. */
    @FunctionalInterface
    interface Next {

        /**
         * Passes the command to the next step.
         *
         * @param command the command
         * @param context the context of the command
         * @return the result
         */
        UpdateResult<?> proceed(Command command, CommandContext context);
    }

    /**
     * Intercepts a command. An implementation calls {@code next} to proceed, or throws to reject the command.
     *
     * @param command the command
     * @param context the context of the command
     * @param next the rest of the pipeline, to be called at most once
     * @return the result
     */
    UpdateResult<?> intercept(Command command, CommandContext context, Next next);
}
