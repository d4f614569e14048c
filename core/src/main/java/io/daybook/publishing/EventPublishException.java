package io.daybook.publishing;

import io.daybook.DaybookException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when some of the events to publish were not sent, or when it is unknown whether they were sent. These events
 * can be published again, except events whose delivery is {@link Delivery#IMPOSSIBLE}. An event whose delivery is
 * unknown may then arrive twice, with the same event id. An {@link EventRelay} retries automatically. Example:
 *
 * <pre>{@code
 * EventPublisher unreachable = events -> {
 *     throw new EventPublishException(
 *             "the broker did not answer within 10 s",
 *             events.stream().collect(Collectors.toMap(
 *                     event -> event.metadata().eventId(), event -> EventPublishException.Delivery.UNKNOWN)),
 *             null);
 * };
 * }</pre>
 */
public final class EventPublishException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /** The delivery outcome of one event. */
    public enum Delivery {
        /** The broker has acknowledged the event. */
        SENT,
        /** The event was not sent. */
        NOT_SENT,
        /** The event may or may not have been sent. */
        UNKNOWN,
        /** The event was not sent and never can be, for example because it is too large. */
        IMPOSSIBLE
    }

    private final transient @Nullable Map<String, Delivery> deliveries; // null after serialization

    /**
     * Creates the exception.
     *
     * @param message what went wrong, and what to do; for an event that can never be sent, also its id, its size and
     *     the limit
     * @param deliveries the delivery outcome of each event of the call, by event id
     * @param cause the underlying failure, or null if there is none
     */
    public EventPublishException(String message, Map<String, Delivery> deliveries, @Nullable Throwable cause) {
        super(message, cause);
        this.deliveries = Map.copyOf(deliveries);
    }

    /**
     * Returns the delivery outcome of one event.
     *
     * @param eventId the event's id
     * @return the outcome; {@link Delivery#UNKNOWN} for an event that was not part of the call, and for all events if
     *     this exception was deserialized
     */
    public Delivery delivery(String eventId) {
        return deliveries == null ? Delivery.UNKNOWN : deliveries.getOrDefault(eventId, Delivery.UNKNOWN);
    }
}
