package io.daybook.projection;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;

/** Thrown when a fold needs events that were not delivered, and there is no event store to read them from. */
final class MissingEventsException extends DaybookException {

    private static final long serialVersionUID = 1L;

    MissingEventsException(StreamId stream, long number) {
        super(
                "event " + number + " of " + stream
                        + " was not delivered, or belongs to a different history: retry the stream in a service with the event store");
    }
}
