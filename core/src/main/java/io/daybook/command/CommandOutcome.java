package io.daybook.command;

import io.daybook.aggregate.AggregateAlreadyExistsException;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamDeletedException;

/**
 * What can become of a command, in few words: for metrics, logs and answers.
 *
 * <pre>{@code
 * try {
 *     CommandOutcome outcome = CommandOutcome.of(bus.send(new ShipOrder("42", "1Z999"), metadata).update());
 * } catch (RuntimeException e) {
 *     boolean sendAgain = Set.of(CommandOutcome.UNAVAILABLE, CommandOutcome.TIMEOUT).contains(CommandOutcome.of(e));
 * }
 * }</pre>
 */
public enum CommandOutcome {
    /** Its events are stored. */
    STORED,
    /** Nothing had to change. */
    UNCHANGED,
    /** It was handled before. */
    DUPLICATE,
    /** A rule of the domain forbids it. */
    REJECTED,
    /** It is malformed, or breaks a rule of its own. */
    INVALID,
    /** Its id was used for another command. */
    COMMAND_ID_REUSED,
    /** Its events are too large or too many for one append. */
    TOO_LARGE,
    /** The sender may not send it. */
    UNAUTHORIZED,
    /** The aggregate does not exist. */
    NOT_FOUND,
    /** The aggregate was deleted. */
    DELETED,
    /** Another writer came first, the stated version is not the present one, or the aggregate exists already. */
    CONFLICT,
    /** Its deadline had passed. */
    TIMEOUT,
    /** The event store could not be reached. */
    UNAVAILABLE,
    /** Something is wrong with the program. */
    FAILED;

    /**
     * Classifies a command that was carried out.
     *
     * @param change what became of the aggregate
     * @return the outcome
     */
    public static CommandOutcome of(UpdateResult<?> change) {
        return change.duplicate() ? DUPLICATE : change.events() == 0 ? UNCHANGED : STORED;
    }

    /**
     * Classifies a command that was not carried out.
     *
     * @param failure what the bus threw
     * @return the outcome
     */
    public static CommandOutcome of(Throwable failure) {
        if (failure instanceof DomainException) {
            return REJECTED;
        } else if (failure instanceof CommandValidationException) {
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
