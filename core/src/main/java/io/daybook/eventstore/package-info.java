/**
 * Where events are kept: {@link io.daybook.eventstore.EventStore} is the SPI that a database adapter implements, with the contract
 * that it must keep. Applications mostly use it through {@link io.daybook.aggregate}; reading a stream and
 * {@link io.daybook.eventstore.EventFilter searching} across streams are for audit trails and tools. Start at
 * {@link io.daybook.eventstore.EventStore}.
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
