package io.daybook.metrics;

import io.daybook.publishing.EventRelay;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters for a relay, with the tag {@code relay}. They are the gauge {@code daybook.relay.lag} (the number of stored
 * events that are not yet published, or -1 if unknown; read from the feed, not from the broker) and the counters
 * {@code daybook.relay.published}, {@code daybook.relay.skipped} and {@code daybook.relay.failures}. Thread-safe.
 *
 * <pre>{@code
 * new RelayMetrics(relay).bindTo(registry);
 * }</pre>
 */
public final class RelayMetrics implements MeterBinder {

    private final EventRelay relay;

    /**
     * Creates the binder.
     *
     * @param relay the relay to measure; the meters keep a reference to it
     */
    public RelayMetrics(EventRelay relay) {
        this.relay = relay;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("daybook.relay.lag", relay::lag)
                .tag("relay", relay.name())
                .register(registry);
        FunctionCounter.builder("daybook.relay.published", relay, EventRelay::published)
                .tag("relay", relay.name())
                .register(registry);
        FunctionCounter.builder("daybook.relay.skipped", relay, EventRelay::skipped)
                .tag("relay", relay.name())
                .register(registry);
        FunctionCounter.builder("daybook.relay.failures", relay, EventRelay::failures)
                .tag("relay", relay.name())
                .register(registry);
    }
}
