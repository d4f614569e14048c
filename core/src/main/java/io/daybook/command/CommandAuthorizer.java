package io.daybook.command;

/**
 * Decides who may send which command; given to {@link CommandBus.Builder#authorize CommandBus.Builder.authorize}. It sees the command
 * before it is validated, and may be called for commands that then turn out to be invalid, or repeats. What it throws reaches the sender as
 * it is, and nothing is decided or stored. Implementations are safe for use by many threads.
 *
 * <pre>{@code
 * CommandAuthorizer authorizer = (command, metadata) ->
 *         !(command instanceof CancelOrder) || metadata.roles().contains("clerk");
 * }</pre>
 *
 * <p>Where the answer depends on the aggregate, let the aggregate decide: hand it the user's id.
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

    /**
     * Tells whether a sender may send commands of a type at all. The bus asks before it reads or upcasts anything of a command that
     * arrives as JSON, and again before {@link #permits permits}; by default it may.
     *
     * @param commandType the name of the type, as the sender wrote it: there may be no such type
     * @param metadata who sends it
     * @return whether the command may go on to {@link #permits permits}; otherwise the bus throws
     *     {@link CommandNotAuthorizedException}
     */
    default boolean permitsType(String commandType, CommandMetadata metadata) {
        return true;
    }
}
