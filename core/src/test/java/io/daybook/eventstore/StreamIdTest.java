package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamIdTest {

    @Test
    void is_written_and_read_back() {
        StreamId id = StreamId.of("Order", "42-a");

        assertThat(id).hasToString("Order-42-a");
        assertThat(StreamId.parse("Order-42-a")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Order", "-42", "Order-", "Order- ", "Or der\t-1", "Order-a\nb", "Order-\ud83d"})
    void refuses_what_is_no_stream_id(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> StreamId.parse(text));
    }

    @Test
    void error_message_names_the_violated_rule() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.parse("Order"))
                .withMessage("\"Order\" is not a stream id: use the form Type-id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.parse("-42"))
                .withMessageContaining("the aggregate type");
    }

    @Test
    void error_message_contains_at_most_128_printable_characters_of_the_text() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.parse("\n" + "x".repeat(127)))
                .withMessageStartingWith("\"?" + "x".repeat(127) + "\" is not");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.parse("x".repeat(129)))
                .withMessageStartingWith("\"" + "x".repeat(128) + "…\" is not");
    }

    @Test
    void refuses_a_type_with_a_dash_and_more_than_128_characters() {
        assertThatIllegalArgumentException().isThrownBy(() -> StreamId.of("My-Order", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> StreamId.of("-Order", "1"));
        assertThat(StreamId.of("Order", "x".repeat(122)).toString()).hasSize(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of("Order", "x".repeat(123)))
                .withMessageContaining("129 characters");
    }
}
