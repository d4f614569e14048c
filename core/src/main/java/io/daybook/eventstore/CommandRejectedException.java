package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * Thrown when an earlier rejection of the command is recorded under its idempotency key. The decision does not run
 * again, so every sender gets the same rejection, even after a rule has changed. Nothing was stored. See
 * {@link EventStore#recordRejection EventStore.recordRejection}, and {@link DaybookException} for how to distinguish
 * failures.
 */
public final class CommandRejectedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final String commandId;
    private final String error;

    /**
     * Creates the exception.
     *
     * @param stream the stream that contains the record
     * @param commandId the id of the command
     * @param error the class name of the exception that first rejected the command
     */
    public CommandRejectedException(StreamId stream, String commandId, String error) {
        super("the command " + commandId + " was rejected before on " + stream + " with " + error
                + ", and that is final: send a new command with a new id");
        this.stream = stream;
        this.commandId = commandId;
        this.error = error;
    }

    /**
     * {@return the stream that contains the record}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the id of the command}
     */
    public String commandId() {
        return commandId;
    }

    /**
     * {@return the class name of the exception that first rejected the command}
     */
    public String error() {
        return error;
    }
}
