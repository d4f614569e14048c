package io.daybook.eventstore;

import io.daybook.DaybookException;
import io.daybook.event.EventMetadata;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an append exceeds a limit of the store. Nothing was sent, and the same append will never succeed. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class AppendTooLargeException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;
    private final @Nullable String eventId;
    private final long actual;
    private final long limit;

    private AppendTooLargeException(
            String message, StreamId stream, @Nullable String eventId, long actual, long limit) {
        super(message);
        this.stream = stream;
        this.eventId = eventId;
        this.actual = actual;
        this.limit = limit;
    }

    static AppendTooLargeException tooManyEvents(StreamId stream, int actual, int limit) {
        return new AppendTooLargeException(
                "an append of " + actual + " events to " + stream + " exceeds the limit of " + limit
                        + " events per transaction: raise fewer events",
                stream,
                null,
                actual,
                limit);
    }

    static AppendTooLargeException eventTooLarge(StreamId stream, EventMetadata event, long actual, long limit) {
        return new AppendTooLargeException(
                "the event " + event.eventType() + " " + event.eventId() + " of " + stream + " has " + actual
                        + " bytes, but at most " + limit + " are allowed: keep large content elsewhere and refer to it",
                stream,
                event.eventId(),
                actual,
                limit);
    }

    static AppendTooLargeException attributesTooLarge(
            StreamId stream, EventMetadata event, String what, long actual, long limit) {
        return new AppendTooLargeException(
                "the event " + event.eventType() + " " + event.eventId() + " of " + stream + " has " + what + " of "
                        + actual + " bytes, but at most " + limit + " can be published: shorten the attributes",
                stream,
                event.eventId(),
                actual,
                limit);
    }

    /**
     * Creates an exception for an append whose events together are too large.
     *
     * @param stream the stream
     * @param actual the size of the events in bytes
     * @param limit the maximum size in bytes
     * @return the exception
     */
    public static AppendTooLargeException appendTooLarge(StreamId stream, long actual, long limit) {
        return new AppendTooLargeException(
                "an append of " + actual + " bytes to " + stream + " exceeds the limit of " + limit
                        + " bytes per transaction: raise fewer or smaller events",
                stream,
                null,
                actual,
                limit);
    }

    /**
     * {@return the stream}
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * {@return the id of the event that is too large; empty if the append as a whole is too large}
     */
    public Optional<String> eventId() {
        return Optional.ofNullable(eventId);
    }

    /**
     * {@return the actual number of events or bytes}
     */
    public long actual() {
        return actual;
    }

    /**
     * {@return the maximum number of events or bytes}
     */
    public long limit() {
        return limit;
    }
}
