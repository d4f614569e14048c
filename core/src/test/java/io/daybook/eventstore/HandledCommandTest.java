package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandledCommandTest {

    private static final StreamId STREAM = StreamId.of("Order", "42");

    @ParameterizedTest
    @CsvSource({
        "v1:AbC-_1:x, v1:AbC-_1:x",
        "v1:AbC-_1:x, v2:AbC-_1:x",
        "v1:AbC-_1:x, v2:AbC-_1:y",
        "v12:AbC-_1:x, v3:AbC-_1:y",
        "x, v1:AbC-_1:y",
        "plain, plain"
    })
    void is_a_duplicate_if_equal_or_not_comparable(String stored, String repeated) {
        assertThat(new HandledCommand("c1", stored, 3, 4).asDuplicateOf(STREAM, repeated))
                .isEqualTo(new AppendResult(3, 4, true));
    }

    @ParameterizedTest
    @CsvSource({
        "v1:AbC-_1:x, v1:AbC-_1:y",
        "v1:AbC-_1:x, v1:Other:x",
        "v1:AbC-_1:x, v2:Other:x",
        "plain, other",
        "v1:x, v2:x",
        "vx:AbC:x, v2x:AbC:x"
    })
    void is_another_command_if_comparable_and_different(String stored, String repeated) {
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> new HandledCommand("c1", stored, 3, 4).asDuplicateOf(STREAM, repeated));
    }
}
