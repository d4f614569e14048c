/**
 * The root of Daybook, an event-sourcing library. It holds only {@link io.daybook.DaybookException}, which every failure that the
 * library reports is. Start at {@link io.daybook.aggregate}. A first look, with everything in memory:
 *
 * <pre>{@code
 * EventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Order.TYPE.eventTypes()));
 * AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, store);
 * orders.create("42", UpdateContext.empty(), order -> order.create("alice"));
 * orders.update("42", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * }</pre>
 */
@NullMarked
package io.daybook;

import org.jspecify.annotations.NullMarked;
