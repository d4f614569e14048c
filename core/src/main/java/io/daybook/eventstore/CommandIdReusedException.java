package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * A command came with the id of another command that was handled on the same stream. Nothing was stored. Give each new command an id
 * of its own, and repeat a command only unchanged. How failures are told apart is shown at {@link DaybookException}.
 */
public final class CommandIdReusedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final String commandId;

    CommandIdReusedException(StreamId stream, String commandId) {
        super("the command id " + commandId + " was used before on " + stream
                + " for a command with other content: give every command an id of its own");
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
     * {@return the id that was used twice}
     */
    public String commandId() {
        return commandId;
    }
}
