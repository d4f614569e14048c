package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * Thrown when a permanently deleted stream is accessed. Nothing was stored. The stream can no longer be read or
 * appended to. Use a new id for its successor. See {@link DaybookException} for how to distinguish failures.
 */
public final class StreamDeletedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the exception.
     *
     * @param stream the stream that was deleted
     */
    public StreamDeletedException(StreamId stream) {
        super(stream + " was deleted, and its id cannot be used again: use another id");
        this.stream = stream;
    }

    /**
     * {@return the stream that was deleted}
     */
    public StreamId stream() {
        return stream;
    }
}
