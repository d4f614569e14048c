package io.daybook.aggregate;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when creating an aggregate that already exists. Nothing was stored. See {@link DaybookException} for how to distinguish failures.
 */
public final class AggregateAlreadyExistsException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    /**
     * Creates the exception.
     *
     * @param stream the stream of the existing aggregate
     * @param cause the underlying failure; null if there is none
     */
    public AggregateAlreadyExistsException(StreamId stream, @Nullable Throwable cause) {
        super(
                stream.aggregateType() + " " + stream.aggregateId()
                        + " already exists: change it, or create one with another id",
                cause);
        this.stream = stream;
    }

    /**
     * {@return the stream of the existing aggregate}
     */
    public StreamId stream() {
        return stream;
    }
}
