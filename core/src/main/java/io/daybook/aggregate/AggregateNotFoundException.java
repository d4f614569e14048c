package io.daybook.aggregate;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;

/**
 * There is no such aggregate: its stream has no events. How failures are told apart is shown at {@link DaybookException}.
 */
public final class AggregateNotFoundException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    AggregateNotFoundException(StreamId stream) {
        super("there is no " + stream.aggregateType() + " with the id " + stream.aggregateId());
        this.stream = stream;
    }

    /**
     * {@return the stream that has no events}
     */
    public StreamId stream() {
        return stream;
    }
}
