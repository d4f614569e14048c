package io.daybook.serialization;

import io.daybook.DaybookException;

/**
 * An event cannot be written as JSON, or stored JSON does not fit the type that it is stored under. The message tells
 * where and which kind of fault, never the data.
 */
public final class EventSerializationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String eventType;
    private final int eventVersion;
    private final String path;

    EventSerializationException(
            String done, String eventType, int eventVersion, VersionedJson.UnreadableException cause) {
        super(
                "an event " + eventType + " version " + eventVersion + " cannot be " + done
                        + (cause.path().isEmpty() ? "" : ", at " + cause.path()) + ": " + cause.getMessage(),
                cause);
        this.eventType = eventType;
        this.eventVersion = eventVersion;
        this.path = cause.path();
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
