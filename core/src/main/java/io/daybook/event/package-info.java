/**
 * Events: what happened, and what is known about it. Implement {@link io.daybook.event.DomainEvent} with a record,
 * name it with {@link io.daybook.event.EventType}; {@link io.daybook.event.EventMetadata} says who, when and why.
 */
@NullMarked
package io.daybook.event;

import org.jspecify.annotations.NullMarked;
