package io.daybook.sample.order.http;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of what has happened to an order, in its order.
 *
 * @param orderId the id of the order
 * @param events the events
 * @param nextAfter what to ask for next as {@code after}, null if this is the end
 */
record EventPage(
        String orderId, List<EventView> events, @Nullable Long nextAfter) {

    /**
     * An event in an answer.
     *
     * @param eventId its id
     * @param eventType the name of its type
     * @param eventVersion the schema version under which it is stored; its data are shown as the present one has them
     * @param timestamp when it was raised
     * @param aggregateType the type of the aggregate
     * @param aggregateId the id of the aggregate
     * @param sequenceNumber its place in the order's stream, from 1
     * @param correlationId what all that follows from one request shares
     * @param causationId its direct cause, if known
     * @param userId who caused it, if known
     * @param commandId the command that raised it, if known
     * @param attributes what else was recorded
     * @param data the event itself
     */
    record EventView(
            String eventId,
            String eventType,
            int eventVersion,
            Instant timestamp,
            String aggregateType,
            String aggregateId,
            long sequenceNumber,
            String correlationId,
            @Nullable String causationId,
            @Nullable String userId,
            @Nullable String commandId,
            Map<String, String> attributes,
            DomainEvent data) {

        static EventView of(EventEnvelope event) {
            EventMetadata metadata = event.metadata();
            return new EventView(
                    metadata.eventId(),
                    metadata.eventType(),
                    metadata.eventVersion(),
                    metadata.timestamp(),
                    metadata.aggregateType(),
                    metadata.aggregateId(),
                    metadata.sequenceNumber(),
                    metadata.correlationId(),
                    metadata.causationId().orElse(null),
                    metadata.userId().orElse(null),
                    metadata.commandId().orElse(null),
                    metadata.attributes(),
                    event.event());
        }
    }

    /** Makes a page of events, of which one more was read than is to be shown, if there was one. */
    static EventPage of(String orderId, List<EventEnvelope> events, int limit) {
        List<EventView> shown = events.stream().limit(limit).map(EventView::of).toList();
        boolean more = events.size() > limit;
        return new EventPage(orderId, shown, more ? shown.get(limit - 1).sequenceNumber() : null);
    }
}
