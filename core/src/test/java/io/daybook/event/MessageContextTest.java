package io.daybook.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.command.CommandMetadata;
import io.daybook.eventstore.EventFilter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageContextTest {

    private static final MessageContext FULL = MessageContext.of("request", "cause", "alice", Map.of("tenant", "blue"));

    private static EventMetadata event(MessageContext context) {
        return EventMetadata.builder()
                .eventId("e1")
                .eventType("OrderShipped", 1)
                .timestamp(Instant.EPOCH)
                .aggregate("Order", "42")
                .sequenceNumber(1)
                .context(context)
                .build();
    }

    @Test
    void changes_one_value_and_keeps_the_others() {
        MessageContext changed = FULL.toBuilder().causationId("command").build();

        assertThat(changed).isEqualTo(MessageContext.of("request", "command", "alice", Map.of("tenant", "blue")));
        assertThat(FULL.causationId()).hasValue("cause");
        assertThat(FULL.toBuilder().build()).isEqualTo(FULL).hasSameHashCodeAs(FULL);
    }

    @Test
    void builder_can_be_used_again_without_changing_what_it_built() {
        MessageContext.Builder builder = MessageContext.builder().attribute("a", "1");
        MessageContext first = builder.build();
        MessageContext second = builder.attribute("b", "2").build();

        assertThat(first.attributes()).containsOnlyKeys("a");
        assertThat(second.attributes()).containsOnlyKeys("a", "b");
    }

    @Test
    void text_form_contains_neither_user_nor_attributes() {
        assertThat(FULL).hasToString("correlation=request causation=cause");
    }

    @Test
    void event_without_correlation_id_starts_its_own() {
        assertThat(event(MessageContext.ofUser("alice")).context())
                .isEqualTo(MessageContext.of("e1", null, "alice", Map.of()));
        assertThat(event(FULL).context()).isSameAs(FULL);
    }

    @Test
    void command_caused_by_event_takes_its_ids_and_trace_but_not_its_user() {
        MessageContext traced =
                FULL.toBuilder().attribute("traceparent", "00-1").build();

        CommandMetadata command =
                CommandMetadata.builder().causedBy(event(traced)).build();

        assertThat(command.context())
                .isEqualTo(MessageContext.of("request", "e1", null, Map.of("traceparent", "00-1")));
    }

    @Test
    void command_metadata_built_twice_have_correlation_ids_of_their_own() {
        CommandMetadata.Builder builder = CommandMetadata.builder().userId("alice");

        CommandMetadata first = builder.build();
        CommandMetadata second = builder.build();

        assertThat(first.correlationId()).isEqualTo(first.commandId());
        assertThat(second.correlationId()).isEqualTo(second.commandId()).isNotEqualTo(first.correlationId());
    }

    @Test
    void is_part_of_contexts_with_the_same_values_and_more() {
        assertThat(MessageContext.empty().isPartOf(FULL)).isTrue();
        assertThat(MessageContext.ofUser("alice").isPartOf(FULL)).isTrue();
        assertThat(MessageContext.of(null, null, null, Map.of("tenant", "blue")).isPartOf(FULL))
                .isTrue();
        assertThat(MessageContext.ofUser("bob").isPartOf(FULL)).isFalse();
        assertThat(MessageContext.of("other", null, null, Map.of()).isPartOf(FULL))
                .isFalse();
        assertThat(MessageContext.of(null, "other", null, Map.of()).isPartOf(FULL))
                .isFalse();
        assertThat(MessageContext.of(null, null, null, Map.of("tenant", "red")).isPartOf(FULL))
                .isFalse();
        assertThat(FULL.isPartOf(MessageContext.empty())).isFalse();
    }

    @Test
    void filter_refuses_id_that_no_event_can_have() {
        EventFilter all = EventFilter.all();

        assertThatIllegalArgumentException().isThrownBy(() -> all.userId(" ")).withMessage("userId is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> all.correlationId("x".repeat(129)))
                .withMessageStartingWith("correlationId has 129 characters");
        assertThat(all.userId("alice").causationId("c").context())
                .isEqualTo(MessageContext.of(null, "c", "alice", Map.of()));
    }
}
