/**
 * Tests of aggregates, commands, projections and processes. {@link io.daybook.testkit.AggregateScenario} runs one
 * decision on past events and checks the raised events. {@link io.daybook.testkit.CommandScenario} sends one command
 * through a bus. {@link io.daybook.testkit.ProjectionScenario} checks the documents of a projection.
 * {@link io.daybook.testkit.ProcessScenario} runs a process manager. All of them work with every test framework,
 * because a failed check throws an {@link java.lang.AssertionError}. Start with
 * {@link io.daybook.testkit.AggregateScenario}.
 *
 * <pre>{@code
 * AggregateScenario.of(Order.TYPE)
 *         .given(new OrderCreated("42", "alice"), new OrderShipped("42", "1Z999", Instant.EPOCH))
 *         .when(order -> order.ship("1Z000", Instant.EPOCH))
 *         .thenRejected(DomainException.class, "already shipped");
 * }</pre>
 */
@NullMarked
package io.daybook.testkit;

import org.jspecify.annotations.NullMarked;
