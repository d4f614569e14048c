/**
 * Events as JSON: {@link io.daybook.serialization.EventSerializer} is what stores use,
 * {@link io.daybook.serialization.JacksonEventSerializer} the one to take, and an {@link io.daybook.serialization.Upcaster} brings JSON
 * of an older version up to the present one. Start at {@link io.daybook.serialization.JacksonEventSerializer}.
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
