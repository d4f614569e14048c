package io.daybook.readmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsistencyTokenTest {

    private static StreamId order(String id) {
        return StreamId.of("Order", id);
    }

    private static String encoded(String lines) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(lines.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void token_is_read_as_it_was_written() {
        ConsistencyToken token = ConsistencyToken.of(order("42"), 7)
                .and(order("a@b-ä😀"), Long.MAX_VALUE)
                .and(StreamId.of("Customer", "alice"), 1);

        assertThat(ConsistencyToken.parse(token.toString())).isEqualTo(token).hasSameHashCodeAs(token);
        assertThat(token.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(ConsistencyToken.parse("")).isEqualTo(ConsistencyToken.none());
    }

    @Test
    void merged_token_asks_for_the_greater_version() {
        ConsistencyToken one = ConsistencyToken.of(order("1"), 7).and(order("2"), 2);
        ConsistencyToken other = ConsistencyToken.of(order("1"), 5).and(order("3"), 3);

        assertThat(one.and(other)).isEqualTo(other.and(one));
        assertThat(one.and(other).versionOf(order("1"))).hasValue(7);
        assertThat(one.and(other).versionOf(order("3"))).hasValue(3);
        assertThat(one.and(other).versionOf(order("4"))).isEmpty();
    }

    @Test
    void least_recently_added_stream_goes() {
        ConsistencyToken token = ConsistencyToken.none();
        for (int i = 0; i < 25; i++) {
            token = token.and(order("" + i), 1).and(order("0"), i + 1);
        }

        assertThat(token.streams())
                .hasSize(20)
                .contains(order("0"), order("24"))
                .doesNotContain(order("5"));
        assertThat(ConsistencyToken.parse(token.toString())).isEqualTo(token);
    }

    @Test
    void refuses_malformed_token_without_quoting_it() {
        for (String text : List.of(
                "%",
                "secret",
                encoded("Order-42"),
                encoded("Order-42@0"),
                encoded("Order-42@-1"),
                encoded("Order-42@1\n"),
                encoded("@1"),
                encoded("Order-42@99999999999999999999"),
                encoded("Order-\u0000@1"))) {
            assertThatThrownBy(() -> ConsistencyToken.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(text);
        }
        assertThatThrownBy(() -> ConsistencyToken.parse("A".repeat(20_000))).hasMessageContaining("20000");
    }
}
