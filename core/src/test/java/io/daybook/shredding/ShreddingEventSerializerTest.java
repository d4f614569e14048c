package io.daybook.shredding;

import static io.daybook.shredding.People.ANN;
import static io.daybook.shredding.People.ANN_TO_BOB;
import static io.daybook.shredding.People.PLAIN;
import static io.daybook.shredding.People.json;
import static io.daybook.shredding.People.text;
import static io.daybook.shredding.People.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.People.Noted;
import io.daybook.shredding.People.Registered;
import io.daybook.shredding.People.Transferred;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShreddingEventSerializerTest {

    private final DisturbedKeys keys = new DisturbedKeys(new InMemorySubjectKeys());
    private final ShreddingEventSerializer serializer = People.serializer(keys);

    @Test
    void gives_back_exactly_what_was_written() {
        byte[] stored = serializer.encode(ANN);

        assertThat(serializer.decode("Registered", 1, stored)).isEqualTo(ANN);
    }

    @Test
    void stores_a_personal_member_as_whose_it_is_and_encrypted_bytes() {
        JsonNode stored = tree(serializer.encode(ANN));

        assertThat(stored.get("country").textValue()).isEqualTo("NZ");
        assertThat(stored.get("customerId").textValue()).isEqualTo("17");
        for (String member : List.of("name", "email", "age", "address", "phones", "income")) {
            assertThat(stored.get(member).get("daybook:encrypted").intValue()).isEqualTo(1);
            assertThat(stored.get(member).get("subject").textValue()).isEqualTo("17");
            assertThat(stored.get(member).get("data").textValue()).matches("[A-Za-z0-9_-]{38,}");
        }
        assertThat(stored.get("name").get("erased").textValue()).isEqualTo("(erased)");
        assertThat(stored.get("age").get("erased").intValue()).isZero();
        assertThat(stored.get("email").has("erased")).isFalse();
        assertThat(text(serializer.encode(ANN))) // each with a character that is in no Base64
                .doesNotContain("Ann ", "ann@", ":41", "Main ", "\"Oslo", "\"111", "10.00");
    }

    @Test
    void the_rest_of_the_json_is_left_as_it_is_byte_for_byte() {
        byte[] clear = PLAIN.encode(ANN_TO_BOB);
        String stored = text(serializer.encode(ANN_TO_BOB));

        assertThat(stored.replaceAll("\\{\"daybook:encrypted\":1,\"subject\":\"17\"[^}]*}", "\"Ann\"")
                        .replaceAll("\\{\"daybook:encrypted\":1,\"subject\":\"18\"[^}]*}", "\"Bob\""))
                .isEqualTo(text(clear));
    }

    @Test
    void the_same_value_is_never_encrypted_to_the_same_bytes() {
        assertThat(tree(serializer.encode(ANN)).get("email"))
                .isNotEqualTo(tree(serializer.encode(ANN)).get("email"));
    }

    @Test
    void when_the_key_is_destroyed_null_or_the_replacement_takes_the_place() {
        byte[] stored = serializer.encode(ANN);
        keys.destroy("17");

        assertThat(serializer.decode("Registered", 1, stored))
                .isEqualTo(new Registered("17", "(erased)", null, 0, null, null, null, "NZ"));
    }

    @Test
    void of_an_event_about_two_persons_one_can_be_shredded() {
        byte[] stored = serializer.encode(ANN_TO_BOB);
        keys.destroy("17");
        assertThat(serializer.decode("Transferred", 1, stored))
                .isEqualTo(new Transferred("17", "18", null, "Bob", new BigDecimal("4.00")));

        keys.destroy("18");
        assertThat(serializer.decode("Transferred", 1, stored))
                .isEqualTo(new Transferred("17", "18", null, null, new BigDecimal("4.00")));
    }

    @Test
    void returns_the_shredded_members() {
        EventMetadata metadata = EventMetadata.builder()
                .eventId("e1")
                .eventType("Transferred", 1)
                .timestamp(Instant.EPOCH)
                .aggregate("Account", "1")
                .sequenceNumber(1)
                .build();
        byte[] stored = serializer.encode(ANN_TO_BOB);
        EventEnvelope event = EventEnvelope.stored(metadata, stored, serializer);
        assertThat(serializer.shredded(event)).isEmpty();

        keys.destroy("17");
        assertThat(serializer.shredded(event)).isEqualTo(Set.of("fromName"));
        assertThat(serializer.shredded(EventEnvelope.of(metadata, ANN_TO_BOB))).isEmpty();
    }

    @Test
    void a_null_is_stored_as_null_and_needs_no_key() {
        Transferred anonymous = new Transferred("17", "18", null, null, BigDecimal.ONE);
        byte[] stored = serializer.encode(anonymous);

        assertThat(stored).isEqualTo(PLAIN.encode(anonymous));
        assertThat(keys.calls()).isZero();
        assertThat(serializer.decode("Transferred", 1, stored)).isEqualTo(anonymous);
    }

    @Test
    void an_event_without_personal_data_asks_for_no_key_and_is_left_alone() {
        Noted note = new Noted(Map.of("daybook", "encrypted"));

        assertThat(serializer.encode(note)).isEqualTo(PLAIN.encode(note));
        assertThat(serializer.decode("Noted", 1, PLAIN.encode(note))).isEqualTo(note);
        assertThat(keys.calls()).isZero();
    }

    @Test
    void one_key_serves_all_members_of_an_event() {
        byte[] stored = serializer.encode(ANN);
        assertThat(keys.calls()).isEqualTo(1);

        serializer.decode("Registered", 1, stored);
        assertThat(keys.calls()).isEqualTo(2);
    }

    @Test
    void events_of_before_the_member_was_personal_are_read_and_stay_as_they_are() {
        byte[] stored = PLAIN.encode(ANN);

        assertThat(serializer.decode("Registered", 1, stored)).isEqualTo(ANN);
        serializer.encode(ANN);
        keys.destroy("17");
        assertThat(serializer.decode("Registered", 1, stored)).isEqualTo(ANN);
    }

    @Test
    void a_consumer_reads_without_a_declaration_of_what_is_personal() {
        byte[] stored = serializer.encode(ANN);

        assertThat(ShreddingEventSerializer.of(PLAIN, keys).decode("Registered", 1, stored))
                .isEqualTo(ANN);
    }

    @Test
    void rejects_data_of_a_shredded_subject() {
        serializer.encode(ANN);
        keys.destroy("17");

        assertThatExceptionOfType(SubjectShreddedException.class)
                .isThrownBy(() -> serializer.encode(ANN))
                .satisfies(e -> assertThat(e.subject()).isEqualTo("17"));
    }

    @Test
    void keys_that_cannot_be_reached_fail_the_event_and_replace_nothing() {
        byte[] stored = serializer.encode(ANN);
        keys.unavailable(true);

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> serializer.decode("Registered", 1, stored))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(EventStoreUnavailableException.Outcome.NOT_STORED));
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> serializer.encode(ANN));

        keys.unavailable(false);
        assertThat(serializer.decode("Registered", 1, stored)).isEqualTo(ANN);
    }

    @Test
    void an_event_that_could_not_be_read_once_it_is_shredded_is_not_written() {
        ShreddingEventSerializer careless =
                ShreddingEventSerializer.of(PLAIN, keys).protect(Registered.class, Registered::customerId, "age");

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> careless.encode(ANN)) // an int cannot be null
                .withMessage(
                        "an event Registered version 1 cannot be stored, because it could not be read after its keys are"
                                + " destroyed, at age: declare a replacement")
                .satisfies(e -> assertThat(e.path()).isEqualTo("age"));
        assertThat(careless.replacement(Registered.class, "age", -1).encode(ANN))
                .isNotEmpty();
    }

    /** Both names or none. */
    @EventType("Married")
    record Married(
            String one,
            String other,
            @Nullable String nameOfOne,
            @Nullable String nameOfOther) implements DomainEvent {
        Married {
            if ((nameOfOne == null) != (nameOfOther == null)) {
                throw new IllegalArgumentException("one name is missing");
            }
        }
    }

    @Test
    void rejects_event_unreadable_after_one_of_its_subjects_is_shredded() {
        ShreddingEventSerializer careless = ShreddingEventSerializer.of(
                        JacksonEventSerializer.of(EventTypes.of(Married.class)), keys)
                .protect(Married.class, Married::one, "nameOfOne")
                .protect(Married.class, Married::other, "nameOfOther");

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> careless.encode(new Married("17", "18", "Ann", "Bob")));
        assertThat(careless.encode(new Married("17", "17", "Ann", "Ann"))).isNotEmpty(); // they go together
    }

    @Test
    void a_replacement_of_another_kind_is_refused_when_an_event_is_written() {
        ShreddingEventSerializer careless = ShreddingEventSerializer.of(PLAIN, keys)
                .protect(Registered.class, Registered::customerId, "age")
                .replacement(Registered.class, "age", "(erased)");

        assertThatExceptionOfType(EventSerializationException.class).isThrownBy(() -> careless.encode(ANN));
    }

    @Test
    void an_event_whose_json_lacks_a_personal_member_is_not_written() {
        ShreddingEventSerializer misspelt =
                ShreddingEventSerializer.of(PLAIN, keys).protect(Registered.class, Registered::customerId, "eMail");

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> misspelt.encode(ANN))
                .withMessageContaining("lacks the personal members [eMail]");
    }

    @Test
    void a_value_that_looks_encrypted_is_not_written() {
        ShreddingEventSerializer other = People.serializer(new InMemorySubjectKeys());
        Noted forged = new Noted(Map.of("daybook:encrypted", 1, "subject", "17", "data", "AAAA"));
        Noted newer = new Noted(Map.of("daybook:encrypted", 2));

        for (Noted looksEncrypted : List.of(forged, newer)) {
            assertThatExceptionOfType(EventSerializationException.class)
                    .isThrownBy(() -> other.encode(looksEncrypted))
                    .withMessageContaining("looks like a value that is already encrypted");
        }
    }

    @Test
    void the_mark_may_be_in_text_or_deeper_in_a_value() {
        Noted text = new Noted(Map.of("text", "{\"daybook:encrypted\":1}", "deeper", Map.of("daybook:encrypted", 1)));
        Registered marked = new Registered("17", "\"daybook:encrypted\"", null, 1, null, List.of(), null, "NZ");

        assertThat(serializer.decode("Noted", 1, serializer.encode(text))).isEqualTo(text);
        assertThat(serializer.decode("Registered", 1, serializer.encode(marked)))
                .isEqualTo(marked);
    }

    @Test
    void white_space_and_the_order_of_members_do_not_matter() {
        JsonNode stored = tree(serializer.encode(ANN_TO_BOB));
        String pretty = "\n{ \"toName\" :\t" + stored.get("toName").toPrettyString() + " ,\n\"fromName\": "
                + stored.get("fromName").toPrettyString() + " , \"unknown\" : [ {} , \"}\" ],"
                + "\"from\":\"17\",\"amount\": 4.00 ,\"to\":\"18\" }\n";

        assertThat(serializer.decode("Transferred", 1, json(pretty))).isEqualTo(ANN_TO_BOB);
    }

    @Test
    void a_subject_is_named_by_1_to_128_characters_that_can_be_stored() {
        for (String subject : List.of("", "x".repeat(129), "\uD800")) {
            ShreddingEventSerializer other =
                    ShreddingEventSerializer.of(PLAIN, keys).protect(Registered.class, written -> subject, "name");

            assertThatExceptionOfType(EventSerializationException.class)
                    .isThrownBy(() -> other.encode(ANN))
                    .withMessageContaining("a subject must have 1 to 128 characters")
                    .satisfies(e -> assertThat(e.path()).isEqualTo("name"));
        }
        assertThat(keys.calls()).isZero();
    }

    @Test
    void protects_members_when_the_results_of_its_configuration_are_ignored() {
        ShreddingEventSerializer configured = ShreddingEventSerializer.of(PLAIN, keys);
        configured.protect(Registered.class, Registered::customerId, "name", "email", "age");
        configured.replacement(Registered.class, "age", 7);
        configured.replacement(Registered.class, "name", "(erased)");

        JsonNode stored = tree(configured.encode(ANN));
        for (String member : List.of("name", "email", "age")) {
            assertThat(stored.get(member).has("daybook:encrypted")).as(member).isTrue();
        }
        assertThat(stored.get("age").get("erased").intValue()).isEqualTo(7);
    }

    @Test
    void a_wrong_declaration_is_refused() {
        ShreddingEventSerializer none = ShreddingEventSerializer.of(PLAIN, keys);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> none.protect(Registered.class, Registered::customerId))
                .withMessageContaining("name at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> serializer.protect(Registered.class, Registered::customerId, "email"))
                .withMessageContaining("email")
                .withMessageContaining("declared twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> none.replacement(Registered.class, "name", ""))
                .withMessageContaining("call protect before replacement");
    }
}
