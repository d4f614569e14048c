package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.readmodel.IndexValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OrderedTextTest {

    private static final List<String> CHARACTERS = List.of(
            "a",
            "z",
            "ä",
            "\ud7fd",
            "\ud7fe",
            "\ud7ff",
            "\ue000",
            "\ufffd",
            "\uffff",
            "😀",
            "\ud800\udc00",
            "\udbff\udfff");

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
        }
        return text.toString();
    }

    private static int bytesCompared(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void text_is_ordered_by_code_point_whether_bytes_or_units_are_compared() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String one = text(random);
            String other = text(random);
            int expected = Integer.signum(IndexValue.ORDER.compare(one, other));
            String encoded = OrderedText.encode(one);
            String otherEncoded = OrderedText.encode(other);

            assertThat(Integer.signum(encoded.compareTo(otherEncoded)))
                    .as(one + " " + other)
                    .isEqualTo(expected);
            assertThat(Integer.signum(bytesCompared(encoded, otherEncoded))).isEqualTo(expected);
            assertThat(encoded.startsWith(otherEncoded)).isEqualTo(one.startsWith(other));
            assertThat(OrderedText.decode(encoded)).isEqualTo(one);
        }
    }

    @Test
    void text_takes_at_most_twice_its_bytes() {
        for (String character : CHARACTERS) {
            assertThat(OrderedText.encode(character).getBytes(StandardCharsets.UTF_8).length)
                    .isLessThanOrEqualTo(2 * character.getBytes(StandardCharsets.UTF_8).length);
        }
        assertThat(OrderedText.encode("naïve café")).isEqualTo("naïve café");
    }
}
