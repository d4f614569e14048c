package io.daybook.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventMetadataTest {

    private static EventMetadata.Builder valid() {
        return EventMetadata.builder()
                .eventId("e1")
                .eventType("OrderShipped", 2)
                .timestamp(Instant.parse("2026-01-01T00:00:00.123456789Z"))
                .aggregate("Order", "42")
                .sequenceNumber(7);
    }

    @Test
    void holds_everything_that_is_known() {
        EventMetadata metadata = valid().commandId("cmd")
                .context(MessageContext.of("corr", "cause", "alice", Map.of("traceparent", "00-1")))
                .build();

        assertThat(metadata.eventId()).isEqualTo("e1");
        assertThat(metadata.eventType()).isEqualTo("OrderShipped");
        assertThat(metadata.eventVersion()).isEqualTo(2);
        assertThat(metadata.timestamp().getNano()).isEqualTo(123_456_789);
        assertThat(metadata.aggregateType()).isEqualTo("Order");
        assertThat(metadata.aggregateId()).isEqualTo("42");
        assertThat(metadata.sequenceNumber()).isEqualTo(7);
        assertThat(metadata.correlationId()).isEqualTo("corr");
        assertThat(metadata.causationId()).hasValue("cause");
        assertThat(metadata.userId()).hasValue("alice");
        assertThat(metadata.commandId()).hasValue("cmd");
        assertThat(metadata.attributes()).containsEntry("traceparent", "00-1");
        assertThat(metadata).isNotEqualTo(valid().build());
        assertThat(valid().build()).isEqualTo(valid().build()).hasSameHashCodeAs(valid().build());
        assertThat(metadata.toString()).contains("OrderShipped", "Order-42", "seq=7");
    }

    @Test
    void starts_a_correlation_with_the_event_itself() {
        assertThat(valid().build().correlationId()).isEqualTo("e1");
    }

    @Test
    void refuses_missing_and_oversized_ids() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMetadata.builder().build())
                .withMessageContaining("eventId is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().commandId("x".repeat(129)).build())
                .withMessageContaining("commandId has 129 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().commandId(" ").build())
                .withMessageContaining("commandId is blank");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0000", "\r", "x\t", "\u007f", "\u0085", "\ud83d", "\ude00\ud83d", "x\ude00"})
    void refuses_ids_that_forge_log_lines_or_cannot_be_stored(String id) {
        Map<String, UnaryOperator<EventMetadata.Builder>> setters = Map.of(
                "eventId", metadata -> metadata.eventId(id),
                "eventType", metadata -> metadata.eventType(id, 1),
                "aggregateType", metadata -> metadata.aggregate(id, "42"),
                "aggregateId", metadata -> metadata.aggregate("Order", id),
                "commandId", metadata -> metadata.commandId(id));

        setters.forEach((name, set) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> set.apply(valid()).build())
                .withMessageMatching(name + " (contains|is).*(control character|surrogate|blank).*")
                .withMessageNotContaining(id));
    }

    @Test
    void takes_ids_of_any_script() {
        assertThat(valid().commandId("Zoë/😀 #?\\").build().commandId()).hasValue("Zoë/😀 #?\\");
    }

    @Test
    void refuses_numbers_below_one_and_a_missing_time() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().sequenceNumber(0).build())
                .withMessageContaining("sequenceNumber is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().eventType("A", 0).build())
                .withMessageContaining("eventVersion is 0");
        assertThatNullPointerException()
                .isThrownBy(() -> EventMetadata.builder()
                        .eventId("e")
                        .eventType("A", 1)
                        .aggregate("A", "1")
                        .build())
                .withMessageContaining("timestamp");
    }

    @Test
    void refuses_times_that_have_no_four_digit_year() {
        assertThat(valid().timestamp(Instant.parse("9999-12-31T23:59:59.999999999Z"))
                        .build())
                .isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().timestamp(Instant.parse("+10000-01-01T00:00:00Z"))
                        .build())
                .withMessageContaining("0000 to 9999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> valid().timestamp(Instant.MIN).build());
    }
}
