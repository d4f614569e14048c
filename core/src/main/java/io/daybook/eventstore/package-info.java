/**
 * The event store. {@link io.daybook.eventstore.EventStore} is the SPI for database adapters, and documents the contract that they must
 * fulfill. Applications usually access it through {@link io.daybook.aggregate}. Audit trails and tools read streams, and
 * {@linkplain io.daybook.eventstore.EventFilter search} across streams, directly. Start with {@link io.daybook.eventstore.EventStore}.
 *
 * <pre>{@code
 * eventStore.read(StreamId.of("Order", "42"), 0, Long.MAX_VALUE)
 *         .forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.eventstore;

import org.jspecify.annotations.NullMarked;
