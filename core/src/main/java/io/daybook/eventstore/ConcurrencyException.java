package io.daybook.eventstore;

import io.daybook.DaybookException;

/**
 * A stream is not at the version that the writer expected; somebody else has written to it, or the writer was told a
 * version that the stream does not have. Nothing was stored.
 */
public final class ConcurrencyException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final long expectedVersion;
    private final long actualVersion;

    /**
     * Creates the failure.
     *
     * @param stream the stream
     * @param expectedVersion the version that the writer expected
     * @param actualVersion the version that the stream had when it was looked at
     */
    public ConcurrencyException(StreamId stream, long expectedVersion, long actualVersion) {
        super(stream + " is at version " + actualVersion + ", not at the expected " + expectedVersion
                + ": load it again and decide on its present state");
        this.stream = stream;
        this.expectedVersion = expectedVersion;
        this.actualVersion = actualVersion;
    }

    /**
     * {@return the stream}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the version that the writer expected}
     */
    public long expectedVersion() {
        return expectedVersion;
    }

    /**
     * {@return the version that the stream had when it was looked at}
     */
    public long actualVersion() {
        return actualVersion;
    }
}
