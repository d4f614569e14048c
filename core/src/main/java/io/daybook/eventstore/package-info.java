/**
 * The event store: {@link io.daybook.eventstore.EventStore} is the SPI that a database adapter implements, with the
 * contract that it must keep. Applications mostly use it through {@link io.daybook.aggregate}; reading a stream and
 * {@link io.daybook.eventstore.EventQuery querying} across streams are for audit trails and tools.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.eventstore;

import org.jspecify.annotations.NullMarked;
