package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.contract.Patience;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TimedCloseTest {

    private static boolean close(Runnable close, Duration timeout) {
        return TimedClose.run(close, "closing", timeout);
    }

    @Test
    void accepts_timeouts_of_any_length() {
        CountDownLatch released = new CountDownLatch(1);

        assertThat(close(() -> {}, Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        assertThat(close(
                        () -> Patience.await().until(() -> released.getCount() == 0),
                        Duration.ofSeconds(Long.MIN_VALUE)))
                .isFalse();
        released.countDown();
    }

    @Test
    void interrupt_does_not_end_the_wait_and_is_kept() {
        Thread caller = Thread.currentThread();
        caller.interrupt();

        boolean ended = close(() -> Patience.await().until(() -> !caller.isInterrupted()), Patience.LIMIT);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).isTrue();
    }

    @Test
    void failure_to_close_reaches_the_caller() {
        RuntimeException failure = new IllegalStateException("broken");

        assertThatThrownBy(() -> close(
                        () -> {
                            throw failure;
                        },
                        Patience.LIMIT))
                .isSameAs(failure);
    }
}
