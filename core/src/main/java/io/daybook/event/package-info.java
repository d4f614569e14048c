/**
 * What happened, and what is known about it: implement {@link io.daybook.event.DomainEvent} with a record and name it with
 * {@link io.daybook.event.EventType}; {@link io.daybook.event.EventMetadata} says who, when and why. Start at
 * {@link io.daybook.event.DomainEvent}. What a reader of events does:
 *
 * <pre>{@code
 * if (envelope.event() instanceof OrderShipped shipped) {
 *     String who = envelope.metadata().userId().orElse("somebody");
 *     System.out.println(who + " shipped " + shipped.orderId() + " at " + envelope.metadata().timestamp());
 * }
 * }</pre>
 */
@NullMarked
package io.daybook.event;

import org.jspecify.annotations.NullMarked;
