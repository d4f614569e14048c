package io.daybook.serialization;

import io.daybook.DaybookException;
import org.jspecify.annotations.Nullable;

/**
 * An event cannot be written as JSON, or stored JSON does not fit the type that it is stored under. The message tells where and which
 * kind of fault, never the data. What is stored stays as it is: mend the class or add an {@link Upcaster}, and it can be read again.
 */
public final class EventSerializationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String eventType;
    private final int eventVersion;
    private final String path;

    /**
     * Creates the failure; for serializers.
     *
     * @param message what cannot be done and which kind of fault there is, without the data
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version
     * @param path where in the JSON the fault is; empty if it is the whole
     * @param cause the failure below, or null if there is none; its message must not quote the data either
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
     * {@return where in the JSON the fault is, such as {@code items[0].quantity}; empty if it is the whole}
     */
    public String path() {
        return path;
    }
}
