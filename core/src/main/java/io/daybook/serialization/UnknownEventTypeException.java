package io.daybook.serialization;

import io.daybook.DaybookException;

/**
 * Thrown when the program does not know the type or version of an event: its class is not registered, the aggregate
 * type has no handler for it, an upcaster is missing, or a newer version of the program wrote the event. See
 * {@link Upcaster} for renamed and changed events.
 */
public final class UnknownEventTypeException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String eventType;
    private final int eventVersion;

    /**
     * Creates the exception.
     *
     * @param eventType the name of the event's type
     * @param eventVersion the schema version
     * @param reason why the type or version is unknown
     */
    public UnknownEventTypeException(String eventType, int eventVersion, String reason) {
        super("the event type " + eventType + " version " + eventVersion + " is unknown: " + reason);
        this.eventType = eventType;
        this.eventVersion = eventVersion;
    }

    /**
     * {@return the name of the event's type}
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
}
