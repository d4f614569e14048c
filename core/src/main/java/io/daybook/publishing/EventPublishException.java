package io.daybook.publishing;

import io.daybook.DaybookException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Not all events of a publication are known to be sent. Those that are not may be published again; one whose delivery is unknown may
 * then arrive twice, under the same event id. An {@link EventRelay} does so by itself. What a publisher throws:
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

    /** What is known about one event. */
    public enum Delivery {
        /** The broker has acknowledged it. */
        SENT,
        /** It was not sent. */
        NOT_SENT,
        /** It may have been sent or not. */
        UNKNOWN,
        /** It was not sent and never can be, such as one that is too large. */
        IMPOSSIBLE
    }

    private final transient @Nullable Map<String, Delivery> deliveries; // null after serialization

    /**
     * Creates the failure.
     *
     * @param message what went wrong, and what to do; for an event that can never be sent its id, size and the limit
     * @param deliveries what is known about each event of the publication, by event id
     * @param cause the failure below, or null if there is none
     */
    public EventPublishException(String message, Map<String, Delivery> deliveries, @Nullable Throwable cause) {
        super(message, cause);
        this.deliveries = Map.copyOf(deliveries);
    }

    /**
     * Tells what is known about one event.
     *
     * @param eventId the event's id
     * @return what is known; {@link Delivery#UNKNOWN} for an event that was not part of the publication
     */
    public Delivery delivery(String eventId) {
        return deliveries == null ? Delivery.UNKNOWN : deliveries.getOrDefault(eventId, Delivery.UNKNOWN);
    }
}
