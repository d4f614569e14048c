package io.daybook.projection;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;

/**
 * Thrown when a read requires a version of a stream that the document cannot show, because an event up to that version
 * could not be projected. See {@link DaybookException} for how to distinguish failures.
 */
public final class StreamParkedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final long sequenceNumber;

    /**
     * Creates the exception.
     *
     * @param stream the stream
     * @param sequenceNumber the sequence number of the event that could not be projected
     */
    public StreamParkedException(StreamId stream, long sequenceNumber) {
        super("the document of " + stream + " is parked at event " + sequenceNumber
                + ", which could not be projected: fix the projection and call retryParked");
        this.stream = stream;
        this.sequenceNumber = sequenceNumber;
    }

    /**
     * {@return the stream}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the sequence number of the event that could not be projected}
     */
    public long sequenceNumber() {
        return sequenceNumber;
    }
}
