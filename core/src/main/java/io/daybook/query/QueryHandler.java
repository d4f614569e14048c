package io.daybook.query;

/**
 * A handler that answers the queries of one class. Register it with {@link QueryBus.Builder#handling}. Implementations must be thread-safe.
 *
 * <pre>{@code
 * QueryHandler<OrderById, Optional<ReadDocument<OrderState>>> handler =
 *         (query, context) -> states.get(query.orderId(), context.metadata().consistencyToken());
 * }</pre>
 *
 * @param <Q> the query's class
 * @param <R> the type of the answer
 */
@FunctionalInterface
public interface QueryHandler<Q extends Query<R>, R> {

    /**
     * Answers a query. Pass the {@link QueryMetadata#consistencyToken()} to the read model so that the answer shows the
     * caller's own writes.
     *
     * @param query the query, already authorized and validated
     * @param context the context of the query
     * @return the answer, not null; an empty {@code Optional} or page if there is no result
     */
    R handle(Q query, QueryContext context);
}
