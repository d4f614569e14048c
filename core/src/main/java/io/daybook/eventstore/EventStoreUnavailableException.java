package io.daybook.eventstore;

import io.daybook.DaybookException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the event store is unavailable or does not respond in time, or when an operation cannot reach another
 * store that it needs. The {@link #outcome} determines whether and how to retry the operation. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class EventStoreUnavailableException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /** The outcome of a failed write, as far as it is known. */
    public enum Outcome {
        /** Nothing was stored. A failed read also has this outcome. */
        NOT_STORED,
        /**
         * The events may or may not have been stored, and may still be stored later. Retry the command with the same
         * command id, so that it takes effect only once.
         */
        UNKNOWN
    }

    private final Outcome outcome;
    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message the operation that failed, and what to do
     * @param outcome the outcome of the write, as far as it is known
     * @param retryAfter the time to wait before a retry, or null if the store did not specify one
     * @param cause the underlying failure, or null if there is none
     */
    public EventStoreUnavailableException(
            String message, Outcome outcome, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
        this.retryAfter = retryAfter;
    }

    /**
     * {@return the outcome of the failed write, as far as it is known}
     */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * {@return the time to wait before a retry; empty if the store did not specify one}
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
