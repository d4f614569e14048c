/**
 * Meters for Micrometer, which is an optional dependency: add {@code io.micrometer:micrometer-core} to use this
 * package. The meters cover commands, queries, subscriptions, projections, processes, publication, and failures of
 * snapshots. Start with {@link io.daybook.metrics.CommandMetrics}.
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
