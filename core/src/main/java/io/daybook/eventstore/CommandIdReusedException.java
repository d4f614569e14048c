package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * Thrown when a command has the id of another command that was handled on the same stream. Nothing was stored. Give
 * each new command a unique id, and do not change a command when you retry it. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class CommandIdReusedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final String commandId;

    /**
     * Creates the exception.
     *
     * @param stream the stream that contains the record of the other command
     * @param commandId the id of both commands
     */
    public CommandIdReusedException(StreamId stream, String commandId) {
        super("the command id " + commandId + " was used before on " + stream
                + " for a command with different content: use a new command id for each command");
        this.stream = stream;
        this.commandId = commandId;
    }

    /**
     * {@return the stream}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the id that was reused}
     */
    public String commandId() {
        return commandId;
    }
}
