package io.daybook.aggregate;

import io.daybook.DaybookException;
import io.daybook.eventstore.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate was to be created that exists already. Nothing was stored. How failures are told apart is shown at {@link DaybookException}.
 */
public final class AggregateAlreadyExistsException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final StreamId stream;

    AggregateAlreadyExistsException(StreamId stream, @Nullable Throwable cause) {
        super(
                stream.aggregateType() + " " + stream.aggregateId()
                        + " exists already: change it, or create one with another id",
                cause);
        this.stream = stream;
    }

    /**
     * {@return the stream that has events already}
     */
    public StreamId stream() {
        return stream;
    }
}
