package io.daybook.projection;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What one event makes of a document, see {@link Projection}. A pure function: it neither alters its arguments nor asks a clock, a random
 * number or another service.
 *
 * @param <D> the class of the document, an immutable value
 * @param <E> the class of the event
 */
@FunctionalInterface
public interface ProjectionHandler<D, E extends DomainEvent> {

    /**
     * Applies an event.
     *
     * @param document the document so far; null if there is none, as before the first event of a stream
     * @param event the event
     * @param metadata what is known about the event
     * @return the document with the event; null to remove its content, after which a later event may bring it back
     */
    @Nullable
    D apply(D document, E event, EventMetadata metadata);
}
