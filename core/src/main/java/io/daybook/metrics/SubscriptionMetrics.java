package io.daybook.metrics;

import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Measures a subscription, with the tag {@code subscription}: the gauges {@code daybook.subscription.lag} (events that wait; -1 if that is
 * not known), {@code daybook.subscription.healthy} and {@code daybook.subscription.caught.up} (1 or 0), and the counters
 * {@code daybook.subscription.handled} and {@code daybook.subscription.failures}.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * new SubscriptionMetrics("billing", billing).bindTo(registry);
 * }</pre>
 *
 * <p>A meter never asks the feed or its broker: each shows the status that was asked for last, in a thread of this binder's own, at most
 * every 15 seconds and only while the meters are read. The first value is that of {@link #bindTo}. Safe for use by many threads.
 */
public final class SubscriptionMetrics implements MeterBinder {

    private static final long FRESH_NANOS = Duration.ofSeconds(15).toNanos();

    private final String name;
    private final Subscription subscription;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable SubscriptionStatus known;
    private volatile long askedNanos;

    /**
     * Creates the binder.
     *
     * @param name the name of the subscription
     * @param subscription the subscription to measure; kept as long as the meters are
     */
    public SubscriptionMetrics(String name, Subscription subscription) {
        this.name = name;
        this.subscription = subscription;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        ask();
        Gauge.builder("daybook.subscription.lag", () -> status().lag())
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
        SubscriptionStatus status = known;
        boolean old = status == null || System.nanoTime() - askedNanos >= FRESH_NANOS;
        if (old && asking.compareAndSet(false, true)) {
            Thread thread = new Thread(this::askOnce, "daybook-metrics-" + name);
            thread.setDaemon(true);
            thread.start();
        }
        return status == null
                ? new SubscriptionStatus(State.RETRYING, 0, 0, -1, false, "the status is not known")
                : status;
    }

    private void askOnce() {
        try {
            ask();
        } finally {
            asking.set(false);
        }
    }

    private void ask() {
        try {
            known = subscription.status();
        } catch (RuntimeException e) {
            SubscriptionStatus before = known;
            known = new SubscriptionStatus(
                    State.RETRYING,
                    before == null ? 0 : before.handled(),
                    before == null ? 0 : before.failures(),
                    -1,
                    false,
                    "the status is not known");
        }
        askedNanos = System.nanoTime();
    }
}
