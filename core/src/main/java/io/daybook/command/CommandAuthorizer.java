package io.daybook.command;

/**
 * Decides who may send which command. Safe for use by many threads.
 *
 * <pre>{@code
 * (command, metadata) -> !(command instanceof CancelOrder) || metadata.roles().contains("clerk")
 * }</pre>
 */
@FunctionalInterface
public interface CommandAuthorizer {

    /**
     * Tells whether a command may go on.
     *
     * @param command the command, not validated yet
     * @param metadata who sent it
     * @return whether it may; otherwise the bus throws {@link CommandNotAuthorizedException}
     */
    boolean permits(Command command, CommandMetadata metadata);
}
