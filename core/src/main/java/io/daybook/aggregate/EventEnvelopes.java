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

/** A factory of envelopes that adds metadata to raised events. */
final class EventEnvelopes {

    private final AggregateType<?, ?> type;
    private final Clock clock;
    private final Supplier<String> eventIds;
    private volatile String lastEventId = "";

    EventEnvelopes(AggregateType<?, ?> type, Clock clock, Supplier<String> eventIds) {
        this.type = type;
        this.clock = clock;
        this.eventIds = eventIds;
    }

    List<EventEnvelope> record(StreamId stream, AggregateRoot<?> aggregate, UpdateContext context) {
        Instant now = clock.instant();
        List<EventEnvelope> recorded = new ArrayList<>(aggregate.raised().size());
        long sequenceNumber = aggregate.version();
        for (DomainEvent event : aggregate.raised()) {
            sequenceNumber++;
            EventTypes.Registration registration = type.eventTypes().registrationOf(event);
            recorded.add(EventEnvelope.of(
                    EventMetadata.builder()
                            .eventId(newEventId())
                            .eventType(registration.name(), registration.version())
                            .timestamp(now)
                            .aggregate(stream.aggregateType(), stream.aggregateId())
                            .sequenceNumber(sequenceNumber)
                            .commandId(context.commandId())
                            .context(context.messageContext())
                            .build(),
                    event));
        }
        return recorded;
    }

    /** Returns a new event id. Stores recognize a repeated append by its event ids, so a new append needs new ones. */
    private String newEventId() {
        String eventId = eventIds.get();
        if (eventId.equals(lastEventId)) {
            throw new IllegalStateException("the supplier of event ids of " + type.name() + " returned " + eventId
                    + " twice in a row: return a new id each time");
        }
        lastEventId = eventId;
        return eventId;
    }
}
