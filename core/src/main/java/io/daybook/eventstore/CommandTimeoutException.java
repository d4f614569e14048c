package io.daybook.eventstore;

import io.daybook.DaybookException;
import java.time.Duration;

/**
 * A command's deadline has passed. Nothing of it was stored, and it is safe to send it again.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class CommandTimeoutException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /**
     * Creates the failure.
     *
     * @param what what was not started any more
     * @param timeout the time that the command had
     */
    public CommandTimeoutException(String what, Duration timeout) {
        super(what + " was not started, the command's timeout of " + timeout.toMillis()
                + " ms has passed: nothing was stored, send it again or allow more time");
        this.timeout = timeout;
    }

    /**
     * {@return the time that the command had}
     */
    public Duration timeout() {
        return timeout;
    }
}
