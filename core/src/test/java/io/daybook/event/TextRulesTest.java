package io.daybook.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.command.CommandMetadata;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids, names and text are checked by the same rules wherever they enter. */
class TextRulesTest {

    private static final String CUT = "Mobile Safari 😀".substring(0, 15);

    private static EventMetadata.Builder event() {
        return EventMetadata.builder()
                .eventId("e1")
                .eventType("OrderShipped", 1)
                .timestamp(Instant.EPOCH)
                .aggregate("Order", "42")
                .sequenceNumber(1);
    }

    /** Every place where an id enters, with the name that its messages use. */
    static Map<String, Consumer<String>> places() {
        return Map.ofEntries(
                Map.entry("eventId", id -> event().eventId(id).build()),
                Map.entry("userId", MessageContext::ofUser),
                Map.entry("idempotencyKey", id -> CommandMetadata.builder().idempotencyKey(id)),
                Map.entry("a role", id -> CommandMetadata.builder().roles(Set.of(id))),
                Map.entry("causationId", id -> MessageContext.builder().causationId(id)),
                Map.entry("correlationId", id -> MessageContext.of(id, null, null, Map.of())),
                Map.entry("the aggregate id", id -> StreamId.of("Order", id)),
                Map.entry("the aggregate type", id -> StreamId.of(id, "42")),
                Map.entry("the subscription name", TextRulesTest::subscribe));
    }

    private static void subscribe(String name) {
        new InMemoryEventFeed(new InMemoryEventStore(null)).subscribe(name, StartPosition.BEGINNING, envelope -> {});
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("", "is blank"),
                Arguments.of(" \t", "is blank"),
                Arguments.of("\u200B", "is blank"),
                Arguments.of("\u00A0\uFEFF\u2060", "is blank"),
                Arguments.of("\u3000\u00AD\u2028", "is blank"),
                Arguments.of("ali\nce", "contains a control character (U+000A): remove it"),
                Arguments.of("alice\u0085", "contains a control character (U+0085): remove it"),
                Arguments.of("\u0000", "contains a control character (U+0000): remove it"),
                Arguments.of(CUT, "contains an unpaired surrogate (U+D83D)"),
                Arguments.of("\uDE00x", "contains an unpaired surrogate (U+DE00)"),
                Arguments.of("\uDE00\uD83D", "contains an unpaired surrogate (U+DE00)"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void names_only_the_violated_rule_wherever_an_id_enters(String id, String message) {
        places().forEach((name, place) -> assertThatIllegalArgumentException()
                .as(name)
                .isThrownBy(() -> place.accept(id))
                .withMessageStartingWith(name + " " + message)
                .withMessageNotContaining("128"));
    }

    @Test
    void states_length_and_limit_of_id_that_is_too_long() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().userId("x".repeat(129)))
                .withMessage("userId has 129 characters: at most 128 are allowed");
        assertThat(CommandMetadata.builder().userId("x".repeat(128)).build().userId())
                .hasValueSatisfying(id -> assertThat(id).hasSize(128));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Zoë", "😀", "\u200Bx", "مرحبا", "a b", "\u0301"})
    void accepts_ids_of_any_script(String id) {
        assertThat(TextRules.requireId("userId", id)).isEqualTo(id);
    }

    @Test
    void refuses_unpaired_surrogate_in_attributes() {
        Map<String, String> value = Map.of("userAgent", CUT);
        Map<String, String> name = Map.of("user" + "😀".charAt(1), "x");

        for (Map<String, String> attributes : Set.of(value, name)) {
            for (Consumer<Map<String, String>> place : Set.<Consumer<Map<String, String>>>of(
                    all -> MessageContext.of(null, null, null, all),
                    all -> all.forEach((key, text) -> CommandMetadata.builder().attribute(key, text)))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> place.accept(attributes))
                        .withMessageContaining("contains an unpaired surrogate")
                        .withMessageNotContaining("Safari");
            }
        }
        assertThat(MessageContext.builder()
                        .attribute("userAgent", "Mobile Safari 😀\n")
                        .build()
                        .attributes())
                .containsValue("Mobile Safari 😀\n");
    }

    @Test
    void refuses_attribute_with_name_that_is_blank_to_a_reader() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().attribute("\u200B", "x"))
                .withMessage("the name of an attribute is blank");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\u200B", "\u2003\u200D", "\u202E", "\u0085"})
    void requires_text_that_a_reader_can_see(String text) {
        Violations violations = new Violations();

        assertThat(violations.requireText(text, "reason", 10)).isFalse();

        assertThat(violations.found()).containsExactly(new Violation("reason", "must not be blank"));
    }

    @Test
    void requires_text_without_unpaired_surrogates() {
        Violations violations = new Violations();

        assertThat(violations.requireText(CUT, "reason", 100)).isFalse();
        assertThat(violations.requireText("😀", "reason", 100)).isTrue();

        assertThat(violations.found())
                .containsExactly(new Violation("reason", "must not contain an unpaired surrogate"));
    }
}
