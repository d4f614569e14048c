package io.daybook.aggregate;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import java.util.Optional;

/**
 * The result of a command or an update: the new version of the aggregate and the number of events that were stored. Immutable.
 *
 * <pre>{@code
 * UpdateResult<?> result = orders.update("42", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * boolean unchanged = result.eventCount() == 0;
 * }</pre>
 *
 * @param <R> the type of the value; {@code Void} for updates that return no value
 * @param stream the stream of the aggregate
 * @param version the version of the aggregate after the update; for a duplicate, the version after the first execution of the command
 * @param eventCount the number of events that the update raised; 0 if nothing changed
 * @param duplicate whether the same command had already been handled. If so, nothing was stored this time, and
 *     {@code version} and {@code eventCount} are those of the first execution
 * @param retries the number of retries after conflicts with other writers
 * @param value the value that the update returned; empty if the update returned no value, or if the command is a
 *     duplicate, because values are not stored
 */
public record UpdateResult<R>(
        StreamId stream, long version, int eventCount, boolean duplicate, int retries, Optional<R> value) {

    /**
     * Creates a result without a value.
     *
     * @param stream the stream of the aggregate
     * @param version the version of the aggregate
     * @param eventCount the number of events
     * @param duplicate whether the same command had already been handled
     * @param retries the number of retries
     */
    public UpdateResult(StreamId stream, long version, int eventCount, boolean duplicate, int retries) {
        this(stream, version, eventCount, duplicate, retries, Optional.empty());
    }

    /**
     * Returns a token for reads that must show the effect of this update. Pass it to a read model, or send it to the client.
     *
     * @return a token with the stream and its version, or {@link ConsistencyToken#none()} if the stream has no events
     */
    public ConsistencyToken consistencyToken() {
        return version == 0 ? ConsistencyToken.none() : ConsistencyToken.of(stream, version);
    }
}
