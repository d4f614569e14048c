package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest unit of delivery: the events of one append, or a deletion. A call may receive several; after it fails, they are delivered one by one.
 *
 * @param stream the stream
 * @param events the events in order; none if it is a deletion
 * @param deletion the deletion, null if it is an append
 */
record DeliveryItem(
        StreamId stream,
        List<EventEnvelope> events,
        @Nullable DeletedStream deletion) {

    static DeliveryItem of(List<EventEnvelope> append) {
        return new DeliveryItem(streamOf(append.get(0)), List.copyOf(append), null);
    }

    static DeliveryItem of(DeletedStream deletion) {
        return new DeliveryItem(deletion.stream(), List.of(), deletion);
    }

    static StreamId streamOf(EventEnvelope event) {
        return StreamId.of(event.metadata().aggregateType(), event.metadata().aggregateId());
    }

    boolean isDeletion() {
        return deletion != null;
    }

    /** Returns the id of the first event, or of the deletion. */
    String id() {
        return deletion == null ? first().eventId() : deletion.id();
    }

    long number() {
        return deletion == null ? first().sequenceNumber() : deletion.sequenceNumber();
    }

    long lastNumber() {
        return deletion == null ? events.get(events.size() - 1).metadata().sequenceNumber() : deletion.sequenceNumber();
    }

    private EventMetadata first() {
        return events.get(0).metadata();
    }

    /** Describes it for the log and the status. */
    String describe() {
        return deletion == null ? describe(events) : "deletion of stream=" + stream + " number=" + number();
    }

    static String describe(List<EventEnvelope> events) {
        EventMetadata first = events.get(0).metadata();
        String more = events.size() == 1 ? "" : " and " + (events.size() - 1) + " more";
        return "stream=" + streamOf(events.get(0)) + " number=" + first.sequenceNumber() + " type=" + first.eventType()
                + " event=" + first.eventId() + more;
    }
}
