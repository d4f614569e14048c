package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * The stream has as many bytes as its database takes for one stream. Nothing was stored, and nothing can be appended to it
 * again unless the database raises its limit. It can be read. Let another stream go on where this one ends.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class StreamFullException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the failure.
     *
     * @param stream the stream that is full
     * @param limit what the limit is, such as {@code 20 GB of a logical partition}
     * @param cause the failure below
     */
    public StreamFullException(StreamId stream, String limit, Throwable cause) {
        super(stream + " is full, it has reached the " + limit + ": go on in another stream", cause);
        this.stream = stream;
    }

    /**
     * {@return the stream that is full}
     */
    public StreamId stream() {
        return stream;
    }
}
