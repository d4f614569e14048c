package io.daybook.serialization;

import io.daybook.DaybookException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an event cannot be written as JSON, or stored JSON does not match its event type. The message names the
 * location and the kind of fault, never the data. The stored data is unchanged and can be read again after the class is
 * fixed or an {@link Upcaster} is added.
 */
public final class EventSerializationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String eventType;
    private final int eventVersion;
    private final String path;

    /**
     * Creates the exception. For serializers.
     *
     * @param message the operation that failed and the kind of fault, without the data
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version
     * @param path the location of the fault in the JSON; empty for the whole JSON
     * @param cause the underlying failure, or null if there is none; its message must not quote the data either
     */
    public EventSerializationException(
            String message, String eventType, int eventVersion, String path, @Nullable Throwable cause) {
        super(message, cause);
        this.eventType = eventType;
        this.eventVersion = eventVersion;
        this.path = path;
    }

    /**
     * {@return the stored name of the event's type}
     */
    public String eventType() {
        return eventType;
    }

    /**
     * {@return the schema version}
     */
    public int eventVersion() {
        return eventVersion;
    }

    /**
     * {@return the location of the fault in the JSON, such as {@code items[0].quantity}; empty for the whole JSON}
     */
    public String path() {
        return path;
    }
}
