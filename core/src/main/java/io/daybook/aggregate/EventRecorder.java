package io.daybook.aggregate;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Adds the metadata to raised events. */
final class EventRecorder {

    private final AggregateType<?, ?> type;
    private final Clock clock;
    private final Supplier<String> eventIds;

    EventRecorder(AggregateType<?, ?> type, Clock clock, Supplier<String> eventIds) {
        this.type = type;
        this.clock = clock;
        this.eventIds = eventIds;
    }

    List<EventEnvelope> record(StreamId stream, AggregateRoot<?> aggregate, Cause cause) {
        Instant now = clock.instant();
        List<EventEnvelope> recorded = new ArrayList<>(aggregate.raised().size());
        long sequenceNumber = aggregate.version();
        for (DomainEvent event : aggregate.raised()) {
            sequenceNumber++;
            EventTypes.Registration registration = type.eventTypes().registrationOf(event);
            recorded.add(EventEnvelope.of(
                    EventMetadata.builder()
                            .eventId(eventIds.get())
                            .eventType(registration.name(), registration.version())
                            .timestamp(now)
                            .aggregate(stream.aggregateType(), stream.aggregateId())
                            .sequenceNumber(sequenceNumber)
                            .correlationId(cause.correlationId())
                            .causationId(cause.causationId())
                            .userId(cause.userId())
                            .commandId(cause.commandId())
                            .attributes(cause.attributes())
                            .build(),
                    event));
        }
        return recorded;
    }
}
