package io.daybook.projection;

import io.daybook.readmodel.ConsistencyToken;
import java.util.function.Function;

/**
 * A document of a {@link ReadModel}, or a summary of a {@link GroupedReadModel}, with its revision and consistency
 * token. See {@link Projector} for an example.
 *
 * @param <D> the class of the content
 * @param key the id of the aggregate, or the key of the group
 * @param content the content
 * @param revision the revision, from 1; it increases with each write, and starts again at 1 in a new version and after
 *     a rebuild
 * @param token the stream versions that the read requested and, for a document of one stream, the version that it shows
 * @param parked whether the document no longer follows its stream because an event could not be projected; always false
 *     for a summary
 */
public record ReadDocument<D>(String key, D content, long revision, ConsistencyToken token, boolean parked) {

    <R> ReadDocument<R> map(Function<D, R> upgrade) {
        return new ReadDocument<>(key, upgrade.apply(content), revision, token, parked);
    }
}
