package io.daybook.command;

import io.daybook.aggregate.Change;

/**
 * What became of a command that was carried out; returned by {@link CommandBus#send(Command, CommandMetadata) CommandBus.send}.
 *
 * @param commandId the id of the command, given or generated
 * @param correlationId what it and all that follows from it share
 * @param change what became of the aggregate
 */
public record CommandResult(String commandId, String correlationId, Change change) {

    /**
     * {@return the version of the aggregate after the command}
     */
    public long version() {
        return change.version();
    }

    /**
     * {@return whether the command had been handled before, so that this is its first result}
     */
    public boolean duplicate() {
        return change.duplicate();
    }
}
