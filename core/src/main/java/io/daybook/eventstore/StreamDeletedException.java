package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * The stream was deleted, for good: it cannot be read, and nothing can be appended to it again. Nothing was stored. Give
 * what comes after it an id of its own.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class StreamDeletedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the failure.
     *
     * @param stream the stream that was deleted
     */
    public StreamDeletedException(StreamId stream) {
        super(stream + " was deleted, and its id cannot be used again");
        this.stream = stream;
    }

    /**
     * {@return the stream that was deleted}
     */
    public StreamId stream() {
        return stream;
    }
}
