package io.daybook.eventstore;

import io.daybook.DaybookException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The event store could not be reached, or did not answer in time. Whether to repeat, and what, depends on {@link #outcome}.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class EventStoreUnavailableException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /** What is known about the write that failed. */
    public enum Outcome {
        /** Nothing was stored; also what a failed read reports. */
        NOT_STORED,
        /**
         * The events may have been stored or not, or may still be. Repeat the command with the same command id: it
         * then takes effect once.
         */
        UNKNOWN
    }

    private final Outcome outcome;
    private final @Nullable Duration retryAfter;

    /**
     * Creates the failure.
     *
     * @param message what was tried, and what to do
     * @param outcome what is known about the write
     * @param retryAfter after which time to try again, or null if the store did not say
     * @param cause the failure below, or null if there is none
     */
    public EventStoreUnavailableException(
            String message, Outcome outcome, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
        this.retryAfter = retryAfter;
    }

    /**
     * {@return what is known about the write that failed}
     */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * {@return after which time to try again; empty if the store did not say}
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
