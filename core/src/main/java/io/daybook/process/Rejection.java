package io.daybook.process;

/**
 * The rejection of a command that a step sent. Passed to the handlers of {@link ProcessManager.Builder#onRejected
 * ProcessManager.Builder.onRejected}; see {@link ProcessManager}.
 *
 * @param command the name that the step gave to the command
 * @param commandType the name of the command type
 * @param error the class name of the exception, such as {@code io.daybook.aggregate.AggregateNotFoundException}
 */
public record Rejection(String command, String commandType, String error) {}
