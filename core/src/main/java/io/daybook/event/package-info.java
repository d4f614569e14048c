/**
 * Domain events and their metadata. Implement {@link io.daybook.event.DomainEvent} with a record and name it with
 * {@link io.daybook.event.EventType}. {@link io.daybook.event.EventMetadata} records who raised an event, when and why.
 * Start with {@link io.daybook.event.DomainEvent}. A consumer of events looks like this:
 *
 * <pre>{@code
 * if (envelope.event() instanceof OrderShipped shipped) {
 *     String who = envelope.metadata().userId().orElse("anonymous");
 *     System.out.println(who + " shipped " + shipped.orderId() + " at " + envelope.metadata().timestamp());
 * }
 * }</pre>
 */
@NullMarked
package io.daybook.event;

import org.jspecify.annotations.NullMarked;
