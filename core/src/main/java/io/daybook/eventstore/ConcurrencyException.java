package io.daybook.eventstore;

import io.daybook.DaybookException;
import io.daybook.event.EventEnvelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream is not at the version that the writer expected; somebody else has written to it, or the writer was told a version that
 * the stream does not have. Nothing was stored. How failures are told apart is shown at {@link DaybookException}.
 */
public final class ConcurrencyException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final long expectedVersion;
    private final long actualVersion;
    private final transient @Nullable List<EventEnvelope> conflictingEvents; // null after serialization
    private final boolean preconditionFailed;

    /**
     * Creates the failure.
     *
     * @param stream the stream
     * @param expectedVersion the version that the writer expected
     * @param actualVersion the version that the stream had when it was looked at
     */
    public ConcurrencyException(StreamId stream, long expectedVersion, long actualVersion) {
        this(stream, expectedVersion, actualVersion, List.of());
    }

    /**
     * Creates the failure, with the events that the store saw when it looked what stands in the way. With them a
     * repository need not ask for them again before it decides again.
     *
     * @param stream the stream
     * @param expectedVersion the version that the writer expected
     * @param actualVersion the version that the stream had when it was looked at
     * @param conflictingEvents the events from the expected version, inclusive, to the actual version; empty if the store did not
     *     read them
     */
    public ConcurrencyException(
            StreamId stream, long expectedVersion, long actualVersion, List<EventEnvelope> conflictingEvents) {
        super(stream + " is at version " + actualVersion + ", not at the expected " + expectedVersion
                + ": load it again and decide on its present state");
        this.stream = stream;
        this.expectedVersion = expectedVersion;
        this.actualVersion = actualVersion;
        this.conflictingEvents = List.copyOf(conflictingEvents);
        this.preconditionFailed = false;
    }

    private ConcurrencyException(ConcurrencyException conflict) {
        super(
                conflict.stream + " is at version " + conflict.actualVersion + ", the stated one is "
                        + conflict.expectedVersion + ": look at its present state before you send a new command",
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
     * {@return the version that the stream had when it was looked at}
     */
    public long actualVersion() {
        return actualVersion;
    }

    /**
     * {@return whether the expected version was stated by who sent the command. Then nothing was tried again, and to send the
     * same command again is of no use. Otherwise other writers came first, more often than is retried: sent again, the same
     * command may succeed.}
     */
    public boolean isPreconditionFailed() {
        return preconditionFailed;
    }

    /**
     * {@return this conflict as one with a stated version; for repositories}
     */
    public ConcurrencyException asPreconditionFailed() {
        return new ConcurrencyException(this);
    }

    /**
     * {@return the events from the expected version, inclusive, to the actual one, as the store saw them; empty if it did
     * not read them}
     */
    public List<EventEnvelope> conflictingEvents() {
        return conflictingEvents == null ? List.of() : conflictingEvents;
    }
}
