package io.daybook.command;

import io.daybook.aggregate.AggregateAlreadyExistsException;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamDeletedException;

/**
 * The outcome of a command, for metrics, logs and responses.
 *
 * <pre>{@code
 * try {
 *     CommandOutcome outcome = CommandOutcome.of(bus.send(new ShipOrder("42", "1Z999"), metadata));
 * } catch (RuntimeException e) {
 *     boolean sendAgain = Set.of(CommandOutcome.UNAVAILABLE, CommandOutcome.TIMEOUT).contains(CommandOutcome.of(e));
 * }
 * }</pre>
 */
public enum CommandOutcome {
    /** The events of the command are stored. */
    STORED,
    /** The command changed nothing. */
    UNCHANGED,
    /** The command was handled before. */
    DUPLICATE,
    /** The command violates a domain rule, or its rejection was recorded before. */
    REJECTED,
    /** The command is malformed, fails its validation, or has a type or version that the bus does not know. */
    INVALID,
    /** The command id was used for another command. */
    COMMAND_ID_REUSED,
    /** The events of the command are too large or too many for one append. */
    TOO_LARGE,
    /** The sender is not authorized to send the command. */
    UNAUTHORIZED,
    /** The aggregate does not exist. */
    NOT_FOUND,
    /** The aggregate was deleted. */
    DELETED,
    /** Another writer appended first, the aggregate is not at the expected version, or it already exists. */
    CONFLICT,
    /** The timeout has expired. */
    TIMEOUT,
    /**
     * The event store or the key store for personal data is unavailable, or it is unknown whether the events of the
     * command were stored.
     */
    UNAVAILABLE,
    /** Any other failure, such as a bug in the program. */
    FAILED;

    /**
     * Classifies a command that was handled.
     *
     * @param result the result of the update to the aggregate
     * @return the outcome
     */
    public static CommandOutcome of(UpdateResult<?> result) {
        return result.duplicate() ? DUPLICATE : result.eventCount() == 0 ? UNCHANGED : STORED;
    }

    /**
     * Classifies a command that failed.
     *
     * @param failure the exception that the bus threw
     * @return the outcome
     */
    public static CommandOutcome of(Throwable failure) {
        if (failure instanceof DomainException || failure instanceof CommandRejectedException) {
            return REJECTED;
        } else if (failure instanceof CommandValidationException
                || (failure instanceof NoHandlerException unknown && unknown.isNamedBySender())) {
            return INVALID;
        } else if (failure instanceof CommandIdReusedException) {
            return COMMAND_ID_REUSED;
        } else if (failure instanceof AppendTooLargeException) {
            return TOO_LARGE;
        } else if (failure instanceof CommandNotAuthorizedException) {
            return UNAUTHORIZED;
        } else if (failure instanceof AggregateNotFoundException) {
            return NOT_FOUND;
        } else if (failure instanceof StreamDeletedException) {
            return DELETED;
        } else if (failure instanceof ConcurrencyException || failure instanceof AggregateAlreadyExistsException) {
            return CONFLICT;
        } else if (failure instanceof CommandTimeoutException) {
            return TIMEOUT;
        } else if (failure instanceof EventStoreUnavailableException) {
            return UNAVAILABLE;
        }
        return FAILED;
    }
}
