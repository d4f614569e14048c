package io.daybook.eventstore;

import io.daybook.DaybookException;
import java.time.Duration;

/**
 * Thrown when the timeout of a command has expired. Nothing was stored, and it is safe to send the command again. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class CommandTimeoutException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /**
     * Creates the exception.
     *
     * @param what the operation that was not started
     * @param timeout the timeout of the command
     */
    public CommandTimeoutException(String what, Duration timeout) {
        super(what + " was not started because the command's timeout of " + timeout.toMillis()
                + " ms has expired. Nothing was stored: retry the command, or use a longer timeout");
        this.timeout = timeout;
    }

    /**
     * {@return the timeout of the command}
     */
    public Duration timeout() {
        return timeout;
    }
}
