/**
 * Spans and timers for Micrometer Observation, which is an optional dependency: add
 * {@code io.micrometer:micrometer-core} or {@code io.micrometer:micrometer-tracing} to use this package. The package
 * observes commands, appends, projections, process steps and publication, and continues the W3C trace context that
 * commands and events carry in the attribute {@code traceparent}. Start with {@link io.daybook.tracing.CommandTracing}.
 *
 * <pre>{@code
 * EventStore store = new TracedEventStore(eventStore, observations);
 * CommandBus.Builder builder = CommandBus.builder().interceptBeforeChecks(new CommandTracing(observations));
 * }</pre>
 */
@NullMarked
package io.daybook.tracing;

import org.jspecify.annotations.NullMarked;
