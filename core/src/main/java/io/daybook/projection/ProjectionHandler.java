package io.daybook.projection;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A handler that applies one type of event to a document, see {@link Projection}. A pure function: it does not alter its arguments and uses
 * no clock, random numbers or other services.
 *
 * @param <D> the class of the document, an immutable value
 * @param <E> the class of the event
 */
@FunctionalInterface
public interface ProjectionHandler<D, E extends DomainEvent> {

    /**
     * Applies an event.
     *
     * @param document the document so far; null if there is none, such as before the first event of a stream
     * @param event the event
     * @param metadata the metadata of the event
     * @return the document with the event applied; null to remove its content, which a later event may restore
     */
    @Nullable
    D apply(D document, E event, EventMetadata metadata);
}
