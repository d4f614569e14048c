package io.daybook.projection;

import io.daybook.eventstore.StreamId;

/**
 * The contribution of one stream to a group of a {@link GroupedProjection}. Returned by {@link GroupedReadModel#contributions}.
 *
 * @param <S> the class of the contribution's content
 * @param stream the stream
 * @param sequenceNumber the sequence number of the last event that the contribution includes
 * @param share the content of the contribution
 */
public record Contribution<S>(StreamId stream, long sequenceNumber, S share) {}
