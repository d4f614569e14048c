package io.daybook.projection;

import io.daybook.readmodel.ConsistencyToken;
import java.util.function.Function;

/**
 * A document of a {@link ReadModel} with its revision and consistency token. See {@link Projector} for an example.
 *
 * @param <D> the class of the content
 * @param key the id of the aggregate
 * @param content the content
 * @param revision the revision, from 1; it increases with each write, and starts again from 1 in another version and in
 *     a rebuild
 * @param token the versions that the document shows and that the read requested
 * @param parked whether the document no longer follows its stream, because an event could not be projected
 */
public record ReadDocument<D>(String key, D content, long revision, ConsistencyToken token, boolean parked) {

    <R> ReadDocument<R> map(Function<D, R> upgrade) {
        return new ReadDocument<>(key, upgrade.apply(content), revision, token, parked);
    }
}
