package io.daybook.readmodel;

import io.daybook.DaybookException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a read model is temporarily unavailable, for example because its store cannot be reached or does not
 * respond in time. A write may or may not have been stored. Retry later. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class ReadModelUnavailableException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message the message, which names the failed operation and says what to do
     * @param retryAfter the time after which to retry, or null if the store specified none
     * @param cause the underlying failure, or null if there is none
     */
    public ReadModelUnavailableException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /**
     * {@return the time after which to retry; empty if the store specified none}
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
