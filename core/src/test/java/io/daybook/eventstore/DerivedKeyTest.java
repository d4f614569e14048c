package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DerivedKeyTest {

    /** A database contains keys that earlier versions derived. */
    @Test
    void key_of_the_same_parts_never_changes() {
        assertThat(DerivedKey.of("input", "Booking-1", "\u00e9"))
                .hasToString("daybook:aemDGmm_l6_DovTQ6jaTdC7Ll5vZgdSHIUgT2_6vwG8");
    }
}
