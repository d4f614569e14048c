package io.daybook.command;

/**
 * An authorizer that decides whether a sender may send a command. Set it with
 * {@link CommandBus.Builder#authorize CommandBus.Builder.authorize}. The bus calls the authorizer before it validates
 * the command, so the authorizer also receives invalid and repeated commands. If the authorizer throws, the exception
 * reaches the sender unchanged and the command has no effect. Implementations must be thread-safe.
 *
 * <pre>{@code
 * CommandAuthorizer authorizer = (command, metadata) ->
 *         !(command instanceof CancelOrder) || metadata.roles().contains("clerk");
 * }</pre>
 *
 * <p>If the permission depends on the aggregate, pass the user id to the aggregate and check the permission there.
 */
@FunctionalInterface
public interface CommandAuthorizer {

    /**
     * Returns whether a sender may send a command.
     *
     * @param command the command, not yet validated
     * @param metadata the metadata of the command, including its sender
     * @return true if the sender is authorized; if false, the bus throws {@link CommandNotAuthorizedException}
     */
    boolean permits(Command command, CommandMetadata metadata);

    /**
     * Returns whether a sender may send any commands of a type. The bus calls this method for every command, before
     * {@link #permits permits}. If a command arrives as JSON, the bus also calls this method earlier, before it reads
     * or upcasts any of the JSON. If a command {@linkplain CommandMetadata#recordsRejections records rejections}, as
     * the commands of processes do, the bus reads the JSON first, because it records the rejection in the stream that
     * the command names. The default permits every type.
     *
     * @param commandType the name of the type, as specified by the sender; not necessarily a known type
     * @param metadata the metadata of the command, including its sender
     * @return true if the command may proceed to {@link #permits permits}; if false, the bus throws
     *     {@link CommandNotAuthorizedException}
     */
    default boolean permitsType(String commandType, CommandMetadata metadata) {
        return true;
    }
}
