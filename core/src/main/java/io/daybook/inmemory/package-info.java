/**
 * Adapters that keep everything in memory, for tests and for a first run. They keep the same promises as the adapters for databases
 * and fail in the same ways, but forget everything with the process. Start at {@link io.daybook.inmemory.InMemoryEventStore}.
 *
 * <pre>{@code
 * InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Order.TYPE.eventTypes()));
 * EventFeed feed = new InMemoryEventFeed(store);
 * InMemoryEventPublisher publisher = new InMemoryEventPublisher();
 * }</pre>
 */
@NullMarked
package io.daybook.inmemory;

import org.jspecify.annotations.NullMarked;
