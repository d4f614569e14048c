package io.daybook.readmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IndexValueTest {

    private static <T extends Comparable<T>> void requireSameOrder(List<T> values) {
        for (T one : values) {
            for (T other : values) {
                int expected = Integer.signum(one.compareTo(other));
                int actual = Integer.signum(IndexValue.ORDER.compare(IndexValue.textOf(one), IndexValue.textOf(other)));
                assertThat(actual).as(one + " and " + other).isEqualTo(expected);
            }
        }
    }

    @Test
    void texts_of_numbers_have_the_order_of_the_numbers() {
        Random random = new Random(1);
        List<BigDecimal> decimals = new ArrayList<>(Arrays.stream(
                        "0 0.00 -0.5 0.5 1 -1 -1.0 1.50 1.5 1.05 -1.05 -1.5 10 -10 12 -12 -12.5 -12.55 123456789012345678901234 -999999999999999999999999.9"
                                .split(" "))
                .map(BigDecimal::new)
                .toList());
        for (int i = 0; i < 60; i++) {
            decimals.add(BigDecimal.valueOf(random.nextLong() >> random.nextInt(60), random.nextInt(8)));
        }
        requireSameOrder(decimals);
        requireSameOrder(List.of(Long.MIN_VALUE, -10L, -9L, -1L, 0L, 1L, 9L, 10L, Long.MAX_VALUE));
        requireSameOrder(List.of(Integer.MIN_VALUE, -1, 0, 7, Integer.MAX_VALUE));
    }

    @Test
    void numbers_that_are_equal_have_the_same_text() {
        assertThat(IndexValue.textOf(new BigDecimal("10.00")))
                .isEqualTo(IndexValue.textOf(10))
                .isEqualTo(IndexValue.textOf(10L));
    }

    @Test
    void texts_of_times_have_the_order_of_the_times() {
        requireSameOrder(List.of(
                Instant.parse("0000-01-01T00:00:00Z"),
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-01-01T00:00:00.000000001Z"),
                Instant.parse("2026-01-01T00:00:00.5Z"),
                Instant.parse("9999-12-31T23:59:59.999999999Z")));
        requireSameOrder(List.of(LocalDate.of(1, 1, 1), LocalDate.of(2026, 1, 31), LocalDate.of(2026, 2, 1)));
    }

    @Test
    void refuses_values_without_a_stated_order() {
        for (Object value : List.of(1.5, 1.5f, new Object(), List.of(List.of("a")))) {
            assertThatThrownBy(() -> IndexValue.textsOf(value)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> IndexValue.textOf("ä".repeat(513)))
                .hasMessageContaining("1026 bytes")
                .hasMessageContaining("1024");
        assertThatThrownBy(() -> IndexValue.textOf(new BigDecimal("1e24"))).hasMessageContaining("24 digits");
        assertThatThrownBy(() -> IndexValue.textOf(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IndexValue.textOf("\ud83d")).isInstanceOf(IllegalArgumentException.class);
    }
}
