package io.daybook.aggregate;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/**
 * The result of an update to an aggregate: its new version and the number of events that were stored. Immutable.
 *
 * <pre>{@code
 * UpdateResult<?> result = orders.update("42", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * boolean unchanged = result.events() == 0;
 * }</pre>
 *
 * @param <R> the type of the value; {@code Void} for updates that return none
 * @param stream the stream of the aggregate
 * @param version the version of the aggregate after the update; for a duplicate, after the first execution of the command
 * @param events the number of events that the update raised; 0 if nothing changed
 * @param duplicate whether the same command was handled before. Nothing was stored now, and this is the first result
 * @param retries the number of retries after conflicts with other writers
 * @param value the value that the update returned. Empty if it returns none, and for a duplicate, since values are not stored
 */
public record UpdateResult<R>(
        StreamId stream, long version, int events, boolean duplicate, int retries, Optional<R> value) {

    /**
     * Creates a result without a value.
     *
     * @param stream the stream of the aggregate
     * @param version the version of the aggregate
     * @param events the number of events
     * @param duplicate whether the same command was handled before
     * @param retries the number of retries
     */
    public UpdateResult(StreamId stream, long version, int events, boolean duplicate, int retries) {
        this(stream, version, events, duplicate, retries, Optional.empty());
    }
}
