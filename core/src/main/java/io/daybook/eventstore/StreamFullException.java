package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * Thrown when a stream has reached the size limit of its database. Nothing was stored, and nothing can be appended to
 * the stream again unless the database raises its limit. The stream can still be read. Continue in another stream. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class StreamFullException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the exception.
     *
     * @param stream the stream that is full
     * @param limit the limit, such as {@code 20 GB of a logical partition}
     * @param cause the underlying failure
     */
    public StreamFullException(StreamId stream, String limit, Throwable cause) {
        super(
                stream + " is full, because it has reached the limit of " + limit + ": continue in another stream",
                cause);
        this.stream = stream;
    }

    /**
     * {@return the stream that is full}
     */
    public StreamId stream() {
        return stream;
    }
}
