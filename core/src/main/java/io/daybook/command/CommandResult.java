package io.daybook.command;

import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;

/**
 * The result of a command that was handled. Returned by {@link CommandBus#send(Command, CommandMetadata) CommandBus.send}. Immutable.
 *
 * @param commandId the id of the command, specified by the sender or generated
 * @param correlationId the correlation id of the command and of all messages that follow from it
 * @param update the result of the update to the aggregate
 */
public record CommandResult(String commandId, String correlationId, UpdateResult<?> update) {

    /**
     * {@return the stream of the aggregate}
     */
    public StreamId stream() {
        return update.stream();
    }

    /**
     * {@return the version of the aggregate after the command}
     */
    public long version() {
        return update.version();
    }

    /**
     * Returns a token for reads that must show the effect of this command. Pass it to a read model, or send it to the client.
     *
     * @return a token with the stream and its version, or no token if the stream has no events
     */
    public ConsistencyToken consistencyToken() {
        return version() == 0 ? ConsistencyToken.none() : ConsistencyToken.of(stream(), version());
    }

    /**
     * {@return whether the command was handled before, so that this is its first result}
     */
    public boolean duplicate() {
        return update.duplicate();
    }
}
