/**
 * Meters for Micrometer, which is an optional dependency: add {@code io.micrometer:micrometer-core} to use this
 * package. {@link io.daybook.metrics.CommandMetrics} measures commands, {@link io.daybook.metrics.RelayMetrics}
 * measures publication and {@link io.daybook.metrics.RepositoryMetrics} counts failures of snapshots. Start with
 * {@link io.daybook.metrics.CommandMetrics}.
 *
 * <pre>{@code
 * CommandBus.Builder builder = CommandBus.builder().interceptBeforeChecks(new CommandMetrics(registry));
 * new RepositoryMetrics(orders).bindTo(registry);
 * new RelayMetrics(relay).bindTo(registry);
 * }</pre>
 */
@NullMarked
package io.daybook.metrics;

import org.jspecify.annotations.NullMarked;
