package io.daybook.sample.order.http;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event in an answer. */
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
