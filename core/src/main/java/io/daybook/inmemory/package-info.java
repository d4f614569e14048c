/**
 * Adapters that keep everything in memory, for tests and for getting started. They meet the same contracts as the
 * database adapters and fail in the same ways, but lose everything when the process ends. Start with
 * {@link io.daybook.inmemory.InMemoryEventStore}.
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
