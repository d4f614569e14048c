package io.daybook.eventstore;

import io.daybook.DaybookException;
import io.daybook.event.EventEnvelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a stream is not at the expected version. Another writer has appended to it, or the caller expected a version that the stream
 * does not have. Nothing was stored. See {@link DaybookException} for how to distinguish failures.
 */
public final class ConcurrencyException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final long expectedVersion;
    private final long actualVersion;
    private final transient @Nullable List<EventEnvelope> conflictingEvents; // null after serialization
    private final boolean preconditionFailed;

    /**
     * Creates the exception.
     *
     * @param stream the stream
     * @param expectedVersion the version that the writer expected
     * @param actualVersion the version of the stream when the store checked it
     */
    public ConcurrencyException(StreamId stream, long expectedVersion, long actualVersion) {
        this(stream, expectedVersion, actualVersion, List.of());
    }

    /**
     * Creates the exception with the conflicting events that the store read. A repository can then retry without
     * reading these events again.
     *
     * @param stream the stream
     * @param expectedVersion the version that the writer expected
     * @param actualVersion the version of the stream when the store checked it
     * @param conflictingEvents the events from the expected version, inclusive, to the actual version; empty if the store did not
     *     read them
     */
    public ConcurrencyException(
            StreamId stream, long expectedVersion, long actualVersion, List<EventEnvelope> conflictingEvents) {
        super("expected version " + expectedVersion + " of stream " + stream + ", but it is at " + actualVersion
                + ": reload and retry");
        this.stream = stream;
        this.expectedVersion = expectedVersion;
        this.actualVersion = actualVersion;
        this.conflictingEvents = List.copyOf(conflictingEvents);
        this.preconditionFailed = false;
    }

    private ConcurrencyException(ConcurrencyException conflict) {
        super(
                "expected version " + conflict.expectedVersion + " of stream " + conflict.stream + ", but it is at "
                        + conflict.actualVersion + ": reload before you send a new command",
                conflict);
        this.stream = conflict.stream;
        this.expectedVersion = conflict.expectedVersion;
        this.actualVersion = conflict.actualVersion;
        this.conflictingEvents = conflict.conflictingEvents();
        this.preconditionFailed = true;
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
     * {@return the version of the stream when the store checked it}
     */
    public long actualVersion() {
        return actualVersion;
    }

    /**
     * {@return whether the sender of the command specified the expected version. If true, nothing was retried, and the
     * same command would fail again. If false, other writers appended first in every attempt, and the command may
     * succeed if it is sent again}
     */
    public boolean isPreconditionFailed() {
        return preconditionFailed;
    }

    /**
     * {@return a copy for which {@link #isPreconditionFailed} returns true; for repositories}
     */
    public ConcurrencyException asPreconditionFailed() {
        return new ConcurrencyException(this);
    }

    /**
     * {@return the events from the expected version, inclusive, to the actual version, as the store read them; empty if
     * the store did not read them}
     */
    public List<EventEnvelope> conflictingEvents() {
        return conflictingEvents == null ? List.of() : conflictingEvents;
    }
}
