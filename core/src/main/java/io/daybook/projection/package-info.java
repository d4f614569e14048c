/**
 * Projections of events into documents. A {@link io.daybook.projection.Projection} folds each stream into one document,
 * a {@link io.daybook.projection.Projector} runs projections, and a {@link io.daybook.projection.ReadModel} reads the
 * documents. Start with {@link io.daybook.projection.Projection}.
 *
 * <pre>{@code
 * record OrderLine(String customerId, boolean shipped) {}
 *
 * Projection<OrderLine> lines = Projection.named("order-lines", 1, Order.TYPE, OrderLine.class)
 *         .on(OrderCreated.class, (none, event, metadata) -> new OrderLine(event.customerId(), false))
 *         .on(OrderShipped.class, (line, event, metadata) -> new OrderLine(line.customerId(), true))
 *         .build();
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.projection;

import org.jspecify.annotations.NullMarked;
