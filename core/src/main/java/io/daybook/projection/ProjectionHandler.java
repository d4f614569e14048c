package io.daybook.projection;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A handler that applies one type of event to a document of a {@link Projection}, or to a contribution of a
 * {@link GroupedProjection}. A handler is a pure function: it does not modify its arguments, and uses no clock, no
 * random numbers and no other services.
 *
 * @param <D> the class of the document, an immutable value
 * @param <E> the class of the event
 */
@FunctionalInterface
public interface ProjectionHandler<D, E extends DomainEvent> {

    /**
     * Applies an event.
     *
     * @param document the current document; null if there is none, for example before the first event of a stream
     * @param event the event
     * @param metadata the metadata of the event
     * @return the new document; null to remove the content, which a later event can set again
     */
    @Nullable
    D apply(D document, E event, EventMetadata metadata);
}
