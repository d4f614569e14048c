package io.daybook.metrics;

import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;

/**
 * Meters for a subscription, with the tag {@code subscription}. They are the gauges {@code daybook.subscription.lag}
 * (the number of events that are not yet handled, or -1 if unknown), {@code daybook.subscription.delay} (in seconds, or
 * NaN if unknown), {@code daybook.subscription.healthy} and {@code daybook.subscription.caught.up} (1 or 0), and the
 * counters {@code daybook.subscription.handled} and {@code daybook.subscription.failures}.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * new SubscriptionMetrics("billing", billing).bindTo(registry);
 * }</pre>
 *
 * <p>Reading a meter never accesses the feed or its broker. Each meter shows the last known status, which a separate
 * thread refreshes at most every 15 seconds and only while the meters are read. {@link #bindTo} reads the first status.
 * Thread-safe.
 */
public final class SubscriptionMetrics implements MeterBinder {

    private static final String UNKNOWN = "the status is not known";

    private final String name;
    private final AskedStatus<SubscriptionStatus> status;

    /**
     * Creates the binder.
     *
     * @param name the name of the subscription
     * @param subscription the subscription to measure; the meters keep a reference to it
     */
    public SubscriptionMetrics(String name, Subscription subscription) {
        this.name = name;
        status = new AskedStatus<>(
                name,
                subscription::status,
                SubscriptionMetrics::unknown,
                SubscriptionStatus.of(State.RETRYING, -1, false, UNKNOWN));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        status.ask();
        Gauge.builder("daybook.subscription.lag", () -> status().lag())
                .tag("subscription", name)
                .register(registry);
        Gauge.builder("daybook.subscription.delay", () -> seconds(status()))
                .baseUnit("seconds")
                .tag("subscription", name)
                .register(registry);
        Gauge.builder("daybook.subscription.healthy", () -> status().isHealthy() ? 1 : 0)
                .tag("subscription", name)
                .register(registry);
        Gauge.builder("daybook.subscription.caught.up", () -> status().caughtUp() ? 1 : 0)
                .tag("subscription", name)
                .register(registry);
        FunctionCounter.builder(
                        "daybook.subscription.handled",
                        this,
                        each -> each.status().handled())
                .tag("subscription", name)
                .register(registry);
        FunctionCounter.builder(
                        "daybook.subscription.failures",
                        this,
                        each -> each.status().failures())
                .tag("subscription", name)
                .register(registry);
    }

    private SubscriptionStatus status() {
        return status.last();
    }

    static double seconds(SubscriptionStatus status) {
        return status.delay(Clock.systemUTC())
                .map(delay -> delay.toMillis() / 1_000.0)
                .orElse(Double.NaN);
    }

    static SubscriptionStatus unknown(SubscriptionStatus before) {
        return before.retrying(-1, UNKNOWN);
    }
}
