package io.daybook.servicebus;

import io.daybook.contract.ContractEvent;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** Events as a store delivers them. */
final class StoredEvents {

    static final EventSerializer SERIALIZER = ContractEvent.serializer();

    private StoredEvents() {}

    static StreamId stream(String id) {
        return StreamId.of("Contract", id);
    }

    static EventEnvelope stored(String id, long number, DomainEvent event, UnaryOperator<EventMetadata.Builder> more) {
        EventMetadata metadata =
                more.apply(ContractEvent.metadata(stream(id), number, event)).build();
        return EventEnvelope.stored(metadata, SERIALIZER.encode(event), SERIALIZER);
    }

    /** Small events of one stream. */
    static List<EventEnvelope> counted(String id, long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(
                        number -> stored(id, number, new ContractEvent.Counted((int) number), UnaryOperator.identity()))
                .toList();
    }

    /** An event whose data has a number of bytes. */
    static EventEnvelope sized(String id, long number, int bytes) {
        int around = SERIALIZER.encode(noted("")).length;
        return stored(id, number, noted("x".repeat(bytes - around)), UnaryOperator.identity());
    }

    private static ContractEvent.Noted noted(String text) {
        return new ContractEvent.Noted(text, BigDecimal.ONE, Instant.EPOCH);
    }
}
