package io.daybook.metrics;

import io.daybook.aggregate.AggregateRepository;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters for a repository: two counters with the tag {@code aggregate}. {@code daybook.snapshots.failures} counts
 * snapshots that could not be loaded or saved. Such a failure makes loading slower, but no command fails.
 * {@code daybook.appends.on.lost.events} counts appends that were based on an event that the store has since lost.
 * Thread-safe.
 *
 * <pre>{@code
 * new RepositoryMetrics(orders).bindTo(registry);
 * }</pre>
 */
public final class RepositoryMetrics implements MeterBinder {

    private final AggregateRepository<?> repository;

    /**
     * Creates the binder.
     *
     * @param repository the repository to measure; the meters keep a reference to it
     */
    public RepositoryMetrics(AggregateRepository<?> repository) {
        this.repository = repository;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("daybook.snapshots.failures", repository, AggregateRepository::snapshotFailures)
                .tag("aggregate", repository.type().name())
                .register(registry);
        FunctionCounter.builder("daybook.appends.on.lost.events", repository, AggregateRepository::appendsOnLostEvents)
                .tag("aggregate", repository.type().name())
                .register(registry);
    }
}
