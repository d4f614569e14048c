/**
 * The root package of Daybook, an event-sourcing library. It contains only {@link io.daybook.DaybookException}, the
 * base class of all failures that the library reports. Start with {@link io.daybook.aggregate}. A first example, with
 * everything in memory:
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
