package io.daybook.serialization;

import io.daybook.DaybookException;

/**
 * An event has a type or a version that this program does not know: its class is not registered, an upcaster is missing, or a newer
 * program has written it. See {@link Upcaster} for what a renamed or altered event needs.
 */
public final class UnknownEventTypeException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String eventType;
    private final int eventVersion;

    /**
     * Creates the failure.
     *
     * @param eventType the name of the event's type
     * @param eventVersion the schema version
     * @param reason why it is not known
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
