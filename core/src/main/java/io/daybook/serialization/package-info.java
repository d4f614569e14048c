/**
 * Serialization of events as JSON. Stores use an {@link io.daybook.serialization.EventSerializer}; the standard
 * implementation is {@link io.daybook.serialization.JacksonEventSerializer}.
 * {@linkplain io.daybook.serialization.Upcaster Upcasters} convert JSON of older versions to the current one. Start
 * with {@link io.daybook.serialization.JacksonEventSerializer}.
 *
 * <pre>{@code
 * EventSerializer serializer = JacksonEventSerializer.of(Order.TYPE.eventTypes());
 * byte[] json = serializer.encode(new OrderShipped("42", "1Z999", Instant.now()));
 * DomainEvent same = serializer.decode("OrderShipped", 1, json);
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.serialization;

import org.jspecify.annotations.NullMarked;
