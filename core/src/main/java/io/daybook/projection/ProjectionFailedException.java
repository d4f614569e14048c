package io.daybook.projection;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;

/**
 * Thrown when an event cannot be projected. If the event was delivered by the feed, it is retried, and its stream is
 * parked after a number of attempts. See {@link DaybookException} for how to distinguish failures.
 */
public final class ProjectionFailedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final long number;

    /**
     * Creates the exception.
     *
     * @param stream the stream
     * @param number the sequence number of the event
     * @param cause the exception or error that the projection threw
     */
    ProjectionFailedException(StreamId stream, long number, Throwable cause) {
        super(
                "event " + number + " of " + stream + " could not be projected ("
                        + cause.getClass().getName() + "): fix the projection and retry",
                cause);
        this.stream = stream;
        this.number = number;
    }

    /**
     * {@return the stream}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the sequence number of the event}
     */
    public long number() {
        return number;
    }
}
