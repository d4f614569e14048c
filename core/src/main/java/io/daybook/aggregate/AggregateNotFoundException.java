package io.daybook.aggregate;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;

/**
 * Thrown when an aggregate does not exist: its stream has no events. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class AggregateNotFoundException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the exception.
     *
     * @param stream the aggregate's stream, which has no events
     */
    public AggregateNotFoundException(StreamId stream) {
        super(stream.aggregateType() + " " + stream.aggregateId()
                + " does not exist: create it first, or check its id");
        this.stream = stream;
    }

    /**
     * {@return the aggregate's stream, which has no events}
     */
    public StreamId stream() {
        return stream;
    }
}
