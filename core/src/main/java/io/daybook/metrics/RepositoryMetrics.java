package io.daybook.metrics;

import io.daybook.aggregate.AggregateRepository;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Measures a repository, with the tag {@code aggregate}: the counter {@code daybook.snapshots.failures}, of snapshots that
 * could not be loaded or saved, which makes loading slower but fails no command; and the counter
 * {@code daybook.appends.on.lost.events}, of appends that were decided on an event that the store has lost since. Safe for
 * use by many threads.
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
     * @param repository the repository to measure; kept as long as the meters are
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
