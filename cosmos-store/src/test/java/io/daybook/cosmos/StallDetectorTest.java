package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallDetectorTest {

    private final StallDetector stall = new StallDetector(Duration.ofNanos(30));

    @Test
    void is_stalled_when_changes_wait_while_nothing_is_delivered() {
        assertThat(stall.isStalled(true, 7, 100)).isFalse();
        assertThat(stall.isStalled(true, 7, 129)).isFalse();
        assertThat(stall.isStalled(true, 7, 130)).isTrue();
    }

    @Test
    void is_not_stalled_again_before_a_restart_had_the_same_time() {
        assertThat(stall.isStalled(true, 7, 100)).isFalse();
        assertThat(stall.isStalled(true, 7, 130)).isTrue();
        assertThat(stall.isStalled(true, 7, 159)).isFalse();
        assertThat(stall.isStalled(true, 7, 160)).isTrue();
    }

    @Test
    void delivered_page_begins_the_time_again() {
        assertThat(stall.isStalled(true, 7, 100)).isFalse();
        assertThat(stall.isStalled(true, 8, 131)).isFalse();
        assertThat(stall.isStalled(true, 8, 160)).isFalse();
        assertThat(stall.isStalled(true, 8, 161)).isTrue();
    }

    @Test
    void is_not_stalled_while_nothing_waits() {
        assertThat(stall.isStalled(true, 0, Long.MAX_VALUE - 10)).isFalse();
        assertThat(stall.isStalled(false, 0, Long.MAX_VALUE)).isFalse();
        assertThat(stall.isStalled(true, 0, Long.MIN_VALUE + 50)).isFalse(); // the clock may overflow
        assertThat(stall.isStalled(true, 0, Long.MIN_VALUE + 80)).isTrue();
    }
}
