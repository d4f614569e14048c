package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The part of {@link EventStoreContract} that is about what an append stores and what it follows; extend that one. */
abstract class EventStoreAppendContract extends EventStoreScanContract {

    @Test
    void says_nothing_of_the_event_that_the_decision_was_built_on() {
        List<EventEnvelope> first = events(stream, 0, 2);
        assertThat(store.append(stream, 0, first, AppendOptions.none().builtOn("nothing-is-there-yet")))
                .isEqualTo(new AppendResult(1, 2, false));
        AppendOptions builtOnLast =
                AppendOptions.none().builtOn(first.get(1).metadata().eventId());

        assertThat(store.append(stream, 2, events(stream, 2, 1), builtOnLast)).isEqualTo(new AppendResult(3, 3, false));
        assertThat(append(3, 1).otherPredecessor()).isEmpty();
        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void stores_an_append_built_on_another_event_and_names_what_it_found() {
        List<EventEnvelope> stored = events(stream, 0, 3);
        store.append(stream, 0, stored, AppendOptions.none());
        String last = stored.get(2).metadata().eventId();
        AppendOptions lost = AppendOptions.none().builtOn("lost-in-a-failover");
        List<EventEnvelope> appended = events(stream, 3, 2);
        List<EventEnvelope> ofCommand = events(stream, 5, 1);

        AppendResult result = store.append(stream, 3, appended, lost);
        AppendResult commandResult = store.append(stream, 5, ofCommand, lost.idempotencyKey("cmd", "f"));

        assertThat(result).isEqualTo(new AppendResult(4, 5, false, Optional.of(last)));
        assertThat(commandResult.otherPredecessor())
                .hasValue(appended.get(1).metadata().eventId());
        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(store.append(stream, 3, appended, lost)).isEqualTo(result);
        assertThat(store.append(stream, 5, ofCommand, lost.idempotencyKey("cmd", "f")))
                .isEqualTo(commandResult);
        assertThat(store.append(stream, 6, events(stream, 6, 1), lost.idempotencyKey("cmd", "f")))
                .isEqualTo(new AppendResult(6, 6, true));
    }

    @Test
    void a_conflict_stays_one_whatever_the_decision_was_built_on() {
        List<EventEnvelope> stored = events(stream, 0, 3);
        store.append(stream, 0, stored, AppendOptions.none());

        for (String builtOn : List.of(stored.get(1).metadata().eventId(), "lost-in-a-failover")) {
            for (long other : List.of(2L, 4L)) {
                assertThatExceptionOfType(ConcurrencyException.class)
                        .isThrownBy(() -> store.append(
                                stream,
                                other,
                                events(stream, other, 1),
                                AppendOptions.none().builtOn(builtOn)))
                        .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(3));
            }
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    private static EventEnvelope stored(StreamId stream, long number, String type, int version, String json) {
        EventMetadata metadata = ContractEvent.metadata(stream, number, new Counted(1))
                .eventType(type, version)
                .context(MessageContext.ofUser("alice"))
                .build();
        return EventEnvelope.stored(metadata, json.getBytes(StandardCharsets.UTF_8), ContractEvent.serializer());
    }

    private void assertStoredAs(StreamId target, EventEnvelope copied) {
        EventEnvelope read = store.read(target, 0, Long.MAX_VALUE)
                .skip(copied.metadata().sequenceNumber() - 1)
                .findFirst()
                .orElseThrow();
        assertThat(read.metadata()).isEqualTo(copied.metadata());
        assertThat(json(read)).isEqualTo(json(copied));
    }

    /** With every member in its order; a database that holds JSON as a document may escape characters otherwise. */
    private static String json(EventEnvelope event) {
        try {
            return new ObjectMapper().readTree(event.data().orElseThrow()).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void rejects_data_that_a_database_would_alter_from_any_serializer() {
        for (String altered : List.of("9007199254740993", "1e400", "0.12345678901234567890", "\"\\ud83d\"")) {
            EventStore careless = store(new EventSerializer() {
                @Override
                public byte[] encode(DomainEvent event) {
                    return ("{\"number\":1,\"extra\":" + altered + "}").getBytes(StandardCharsets.UTF_8);
                }

                @Override
                public EventTypes.Registration registrationOf(DomainEvent event) {
                    return ContractEvent.serializer().registrationOf(event);
                }

                @Override
                public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
                    return new Counted(1);
                }
            });

            assertThatExceptionOfType(EventSerializationException.class)
                    .as(altered)
                    .isThrownBy(() -> careless.append(stream, 0, events(stream, 0, 1), AppendOptions.none()))
                    .withMessageContaining("ContractCounted version 1")
                    .withMessageNotContaining(altered);
            assertThat(careless.currentVersion(stream)).isZero();
        }
    }

    private EventEnvelope withAttributes(Map<String, String> attributes) {
        Counted event = new Counted(1);
        return EventEnvelope.of(
                ContractEvent.metadata(stream, 1, event)
                        .context(MessageContext.of(null, null, null, attributes))
                        .build(),
                event);
    }

    @Test
    void refuses_attributes_that_cannot_be_published() {
        Map<String, String> two = Map.of("a", "x".repeat(31_000), "b", "x".repeat(31_000));
        for (Map<String, String> attributes : List.of(
                Map.of("a", "x".repeat(32_000)),
                Map.of("a", "ü".repeat(16_000)),
                Map.of("a".repeat(32_000), "x"),
                two)) {
            EventEnvelope large = withAttributes(attributes);
            assertThatExceptionOfType(AppendTooLargeException.class)
                    .isThrownBy(() -> store.append(stream, 0, List.of(large), AppendOptions.none()))
                    .withMessageContaining(large.metadata().eventId())
                    .withMessageNotContaining("xxx")
                    .satisfies(e -> assertThat(e.actual()).isGreaterThan(e.limit()));
        }
        EventEnvelope fits = withAttributes(Map.of("a", "x".repeat(31_999), "b", "ü".repeat(14_000)));
        store.append(stream, 0, List.of(fits), AppendOptions.none());
        assertThat(store.read(stream, 0, 1).map(EventEnvelope::metadata)).containsExactly(fits.metadata());
    }

    @Test
    void copies_events_of_older_versions_as_they_are_stored() {
        String older = "{\"text\":\"rent ü😀\",\"euros\":300,\"at\":\"2026-01-01T00:00:00Z\"}";
        String oldest = "{\"note\":\"rent\",\"euros\":1,\"at\":\"2026-01-01T00:00:00Z\"}";
        List<EventEnvelope> kept = List.of(
                stored(stream, 1, "ContractNoted", 2, older),
                stored(stream, 2, "ContractNoted", 1, oldest),
                stored(stream, 3, "ContractCounted", 1, "{\"number\":7,\"unknown\":[true,null]}"));
        store.append(stream, 0, kept, AppendOptions.none());
        kept.forEach(event -> assertStoredAs(stream, event));

        List<EventEnvelope> read = store.read(stream, 0, Long.MAX_VALUE).toList();
        assertThat(((Noted) read.get(0).event()).amount()).isEqualByComparingTo("30000"); // decoded before it is copied
        StreamId copy = newStream();
        List<EventEnvelope> copied =
                read.stream().map(event -> moved(event, copy)).toList();
        store.append(copy, 0, copied, AppendOptions.none());

        copied.forEach(event -> assertStoredAs(copy, event));
        Noted noted = (Noted) store.read(copy, 0, 1).findFirst().orElseThrow().event();
        assertThat(noted.amount()).isEqualByComparingTo("30000");
    }

    private static EventEnvelope moved(EventEnvelope event, StreamId target) {
        EventMetadata old = event.metadata();
        return stored(
                target,
                old.sequenceNumber(),
                old.eventType(),
                old.eventVersion(),
                new String(event.data().orElseThrow(), StandardCharsets.UTF_8));
    }

    @Test
    void copies_events_that_the_program_does_not_know() {
        List<EventEnvelope> unknown = List.of(
                stored(stream, 1, "RemovedLongAgo", 4, "{\"any\":{\"thing\":\"x\"}}"),
                stored(stream, 2, "ContractCounted", 9, "{}"),
                stored(stream, 3, "ContractCounted", 1, "{\"number\":\"fits no class\"}"));

        store.append(stream, 0, unknown, AppendOptions.none());

        unknown.forEach(event -> assertStoredAs(stream, event));
    }

    @Test
    void refuses_to_copy_what_is_no_json_object() {
        for (String json : List.of(
                "",
                "null",
                "7",
                "[1]",
                "\"text\"",
                "{",
                "{}{}",
                "{} x",
                "{\"a\":1}}",
                "{\"a\":1,\"a\":2}",
                "\uFEFF{}",
                "{\"a\":1},\"kind\":{\"b\":2}")) {
            List<EventEnvelope> hostile = List.of(stored(stream, 1, "ContractCounted", 1, json));
            assertThatExceptionOfType(EventSerializationException.class)
                    .as(json)
                    .isThrownBy(() -> store.append(stream, 0, hostile, AppendOptions.none()));
        }
        EventEnvelope large = stored(stream, 1, "ContractCounted", 1, "{\"a\":\"" + "x".repeat(200 * 1024) + "\"}");
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> store.append(stream, 0, List.of(large), AppendOptions.none()));
        assertThat(store.currentVersion(stream)).isZero();
    }

    @Test
    void refuses_a_new_event_whose_metadata_name_another_type_or_version() {
        for (Map.Entry<String, Integer> wrong : List.of(
                Map.entry("ContractNoted", 3),
                Map.entry("ContractCounted", 2),
                Map.entry("contractcounted", 1),
                Map.entry("Unknown", 1))) {
            Counted event = new Counted(2);
            EventEnvelope mistyped = EventEnvelope.of(
                    ContractEvent.metadata(stream, 2, event)
                            .eventType(wrong.getKey(), wrong.getValue())
                            .build(),
                    event);
            List<EventEnvelope> events = List.of(events(stream, 0, 1).get(0), mistyped);
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            store.append(stream, 0, events, AppendOptions.none().idempotencyKey("cmd", "f")))
                    .withMessageContaining(wrong.getKey());
        }
        assertThat(store.currentVersion(stream)).isZero();
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
    }
}
