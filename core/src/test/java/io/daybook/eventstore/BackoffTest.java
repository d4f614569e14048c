package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    @Test
    void doubles_pause_up_to_longest() {
        Backoff backoff = new Backoff(Duration.ofMillis(20), Duration.ofMillis(100));

        assertThat(IntStream.rangeClosed(0, 5).mapToObj(backoff::after).map(Duration::toMillis))
                .containsExactly(0L, 20L, 40L, 80L, 100L, 100L);
        assertThat(backoff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofMillis(100));
        assertThat(new Backoff(Duration.ofNanos(20), Duration.ofNanos(41)).after(2))
                .isEqualTo(Duration.ofNanos(40));
        assertThat(new Backoff(Duration.ofMillis(20), Duration.ofMillis(20)).after(2))
                .isEqualTo(Duration.ofMillis(20));
        assertThat(new Backoff(Duration.ofNanos(1), Duration.ofDays(1)).after(1_000))
                .isLessThanOrEqualTo(Duration.ofDays(1))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S", "PT-1S, PT1S", "PT2S, PT1S", "PT1S, PT24H0.000000001S"})
    void refuses_pauses_that_make_no_sense(Duration first, Duration longest) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(first, longest));
    }
}
