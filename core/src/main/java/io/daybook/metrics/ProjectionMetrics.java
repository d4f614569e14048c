package io.daybook.metrics;

import io.daybook.projection.Projector;
import io.daybook.projection.ProjectorStatus;
import io.daybook.subscription.SubscriptionStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Meters for the projections of a projector. Their tag {@code projection} contains the name and the version, such as
 * {@code order-summaries-1}. The counters cover only the work of this program:
 *
 * <ul>
 *   <li>{@code daybook.projection.lag}, a gauge: the number of stored events that are not yet projected, or -1 if
 *       unknown.
 *   <li>{@code daybook.projection.delay}, a gauge in seconds: zero if the projection has caught up, otherwise the age
 *       of the event that it handled last; NaN if it has handled none or the lag is unknown.
 *   <li>{@code daybook.projection.healthy}, a gauge: 1 while the projection runs or waits for work, otherwise 0.
 *   <li>{@code daybook.projection.folded} and {@code daybook.projection.written}: events that were folded, and
 *       documents that were written.
 *   <li>{@code daybook.projection.conflicts}: writes that lost to another instance, or whose outcome was unknown.
 *   <li>{@code daybook.projection.gaps}: the number of times that missing events were read from the event store.
 *   <li>{@code daybook.projection.parked}: streams that were parked.
 * </ul>
 *
 * <pre>{@code
 * new ProjectionMetrics(projector).bindTo(registry);
 * }</pre>
 *
 * <p>Reading a meter never accesses the feed. Each meter shows the last known status, which a separate thread refreshes
 * at most every 15 seconds and only while the meters are read. Thread-safe.
 */
public final class ProjectionMetrics implements MeterBinder {

    private final AskedStatus<List<ProjectorStatus>> statuses;

    /**
     * Creates the binder.
     *
     * @param projector the projector to measure; the meters keep a reference to it
     */
    public ProjectionMetrics(Projector projector) {
        statuses = new AskedStatus<>("projections", projector::status, ProjectionMetrics::unknown, List.of());
    }

    private static List<ProjectorStatus> unknown(List<ProjectorStatus> before) {
        return before.stream()
                .map(each -> new ProjectorStatus(
                        each.name(),
                        each.version(),
                        each.state(),
                        SubscriptionMetrics.unknown(each.subscription()),
                        each.rebuild(),
                        each.counts()))
                .toList();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (ProjectorStatus status : statuses.ask()) {
            Meters meters = new Meters(registry, status.name(), status.version());
            meters.gauge("daybook.projection.lag", SubscriptionStatus::lag);
            meters.gauge("daybook.projection.delay", SubscriptionMetrics::seconds);
            meters.gauge("daybook.projection.healthy", each -> each.isHealthy() ? 1 : 0);
            meters.count("daybook.projection.folded", ProjectorStatus.Counts::folded);
            meters.count("daybook.projection.written", ProjectorStatus.Counts::written);
            meters.count("daybook.projection.conflicts", ProjectorStatus.Counts::conflicts);
            meters.count("daybook.projection.gaps", ProjectorStatus.Counts::gaps);
            meters.count("daybook.projection.parked", ProjectorStatus.Counts::parked);
        }
    }

    private final class Meters {
        private final MeterRegistry registry;
        private final String name;
        private final int version;

        Meters(MeterRegistry registry, String name, int version) {
            this.registry = registry;
            this.name = name;
            this.version = version;
        }

        private double value(ToDoubleFunction<ProjectorStatus> value) {
            return statuses.last().stream()
                    .filter(each -> each.name().equals(name) && each.version() == version)
                    .mapToDouble(value)
                    .findFirst()
                    .orElse(Double.NaN);
        }

        void gauge(String meter, ToDoubleFunction<SubscriptionStatus> gauge) {
            Gauge.builder(meter, () -> value(each -> gauge.applyAsDouble(each.subscription())))
                    .tag("projection", name + "-" + version)
                    .register(registry);
        }

        void count(String meter, ToDoubleFunction<ProjectorStatus.Counts> count) {
            FunctionCounter.builder(meter, this, same -> same.value(each -> count.applyAsDouble(each.counts())))
                    .tag("projection", name + "-" + version)
                    .register(registry);
        }
    }
}
