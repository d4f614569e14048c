package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import io.daybook.shredding.ShreddingEventSerializer;
import io.daybook.shredding.SubjectShreddedException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies of streams from one store to another. */
class CopiedStreamTest {

    private static final StreamId STREAM = StreamId.of("Account", "1");

    @EventType("Paid")
    record PaidEuros(int amount) implements DomainEvent {}

    @EventType(value = "Paid", version = 2)
    record PaidCents(int amount) implements DomainEvent {}

    @EventType("Joined")
    record Joined(String id, String name) implements DomainEvent {}

    private static EventEnvelope envelope(DomainEvent event, EventSerializer serializer) {
        EventTypes.Registration type = serializer.registrationOf(event);
        return EventEnvelope.of(
                EventMetadata.builder()
                        .eventId("e1")
                        .eventType(type.name(), type.version())
                        .timestamp(Instant.EPOCH)
                        .aggregate(STREAM.aggregateType(), STREAM.aggregateId())
                        .sequenceNumber(1)
                        .build(),
                event);
    }

    private static EventStore copy(EventStore from, EventSerializer serializer) {
        EventStore copy = new InMemoryEventStore(serializer);
        copy.append(STREAM, 0, read(from), AppendOptions.none());
        return copy;
    }

    private static List<EventEnvelope> read(EventStore store) {
        return store.read(STREAM, 0, Long.MAX_VALUE).toList();
    }

    @Test
    void an_event_is_upcast_once_however_often_it_is_copied() {
        EventSerializer old = JacksonEventSerializer.of(EventTypes.of(PaidEuros.class));
        EventStore first = new InMemoryEventStore(old);
        first.append(STREAM, 0, List.of(envelope(new PaidEuros(300), old)), AppendOptions.none());
        EventSerializer now = JacksonEventSerializer.of(
                EventTypes.of(PaidCents.class),
                Upcaster.of(
                        "Paid", 1, json -> json.put("amount", json.get("amount").asInt() * 100)));

        EventStore copied = copy(copy(copy(first, now), now), now);

        EventEnvelope event = read(copied).get(0);
        assertThat(event.event()).isEqualTo(new PaidCents(30_000));
        assertThat(event.metadata().eventVersion()).isEqualTo(1);
        assertThat(event.data()).hasValue(read(first).get(0).data().orElseThrow());
    }

    @Test
    void encrypted_members_are_copied_byte_for_byte_also_when_their_key_is_destroyed() {
        InMemorySubjectKeys keys = new InMemorySubjectKeys();
        EventSerializer shredding = ShreddingEventSerializer.of(
                        JacksonEventSerializer.of(EventTypes.of(Joined.class)), keys)
                .protect(Joined.class, Joined::id, "name")
                .replacement(Joined.class, "name", "(erased)");
        EventStore first = new InMemoryEventStore(shredding);
        first.append(STREAM, 0, List.of(envelope(new Joined("17", "Ann"), shredding)), AppendOptions.none());
        byte[] stored = read(first).get(0).data().orElseThrow();

        EventStore before = copy(first, shredding);
        assertThat(read(before).get(0).data()).hasValue(stored);
        assertThat(read(before).get(0).event()).isEqualTo(new Joined("17", "Ann"));
        keys.destroy("17");
        EventStore after = copy(before, shredding);

        assertThat(read(after).get(0).data()).hasValue(stored);
        assertThat(read(after).get(0).event()).isEqualTo(new Joined("17", "(erased)"));
        assertThatExceptionOfType(SubjectShreddedException.class)
                .isThrownBy(() -> shredding.encode(envelope(new Joined("17", "(erased)"), shredding)));
    }
}
