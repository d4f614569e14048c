package io.daybook;

import org.jspecify.annotations.Nullable;

/**
 * What every failure that Daybook reports is. Catch a leaf to react to one failure, this type to react to any.
 *
 * <p>Messages say what was wrong and what to do. They hold ids, names, versions and sizes, never a key, a connection
 * string or the payload of an event.
 */
public abstract class DaybookException extends RuntimeException {

    /**
     * Creates the failure.
     *
     * @param message what was wrong and what to do
     */
    protected DaybookException(String message) {
        super(message);
    }

    /**
     * Creates the failure with what caused it.
     *
     * @param message what was wrong and what to do
     * @param cause the failure below, or null if there is none
     */
    protected DaybookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
