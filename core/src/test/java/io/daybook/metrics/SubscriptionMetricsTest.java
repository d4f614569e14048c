package io.daybook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubscriptionMetricsTest {

    private static final Optional<Instant> RAISED = Optional.of(Instant.EPOCH);

    private final AtomicInteger asked = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** Its status can be asked for once, and fails afterward. */
    private Subscription subscription(SubscriptionStatus status) {
        return new Subscription() {
            @Override
            public SubscriptionStatus status() {
                if (asked.incrementAndGet() > 1) {
                    throw new IllegalStateException("no connection");
                }
                return status;
            }

            @Override
            public List<ParkedStream> parked() {
                return List.of();
            }

            @Override
            public int retryParked() {
                return 0;
            }

            @Override
            public void close() {
                // nothing to close
            }

            @Override
            public boolean close(Duration timeout) {
                return true;
            }
        };
    }

    private double gauge(String meter) {
        return registry.get(meter).tag("subscription", "billing").gauge().value();
    }

    private double counter(String meter) {
        return registry.get(meter)
                .tag("subscription", "billing")
                .functionCounter()
                .count();
    }

    @Test
    void shows_the_status_of_a_subscription() {
        new SubscriptionMetrics(
                        "billing", subscription(new SubscriptionStatus(State.WAITING, 7, 2, RAISED, 3, true, "")))
                .bindTo(registry);

        assertThat(gauge("daybook.subscription.lag")).isEqualTo(3);
        assertThat(gauge("daybook.subscription.healthy")).isEqualTo(1);
        assertThat(gauge("daybook.subscription.caught.up")).isEqualTo(1);
        assertThat(counter("daybook.subscription.handled")).isEqualTo(7);
        assertThat(counter("daybook.subscription.failures")).isEqualTo(2);
    }

    @Test
    void delay_is_the_age_of_the_last_event_until_caught_up() {
        Clock later = Clock.fixed(Instant.EPOCH.plusSeconds(90), ZoneOffset.UTC);
        SubscriptionStatus behind = new SubscriptionStatus(State.RUNNING, 7, 2, RAISED, 3, false, "");

        assertThat(behind.delay(later)).contains(Duration.ofSeconds(90));
        assertThat(behind.delay(Clock.fixed(Instant.EPOCH.minusSeconds(1), ZoneOffset.UTC)))
                .contains(Duration.ZERO);
        assertThat(new SubscriptionStatus(State.RUNNING, 7, 2, RAISED, 0, true, "").delay(later))
                .contains(Duration.ZERO);
        assertThat(new SubscriptionStatus(State.RUNNING, 7, 2, RAISED, 0, false, "").delay(later))
                .contains(Duration.ofSeconds(90));
        assertThat(new SubscriptionStatus(State.RUNNING, 7, 2, RAISED, -1, false, "").delay(later))
                .isEmpty();
        assertThat(SubscriptionStatus.of(State.RUNNING, 3, false, "").delay(later))
                .isEmpty();
        new SubscriptionMetrics("billing", subscription(behind)).bindTo(registry);
        assertThat(gauge("daybook.subscription.delay")).isGreaterThan(90);
    }

    @Test
    void reading_a_meter_does_not_ask_the_subscription() {
        new SubscriptionMetrics(
                        "billing", subscription(new SubscriptionStatus(State.RETRYING, 7, 2, RAISED, 3, false, "x")))
                .bindTo(registry);
        for (int i = 0; i < 100; i++) {
            assertThat(gauge("daybook.subscription.healthy")).isZero();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void status_that_cannot_be_asked_for_is_not_healthy() {
        asked.set(1);
        new SubscriptionMetrics(
                        "billing", subscription(new SubscriptionStatus(State.RUNNING, 7, 2, RAISED, 3, true, "")))
                .bindTo(registry);

        assertThat(gauge("daybook.subscription.healthy")).isZero();
        assertThat(gauge("daybook.subscription.lag")).isEqualTo(-1);
    }
}
