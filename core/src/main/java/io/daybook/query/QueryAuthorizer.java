package io.daybook.query;

/**
 * An authorizer that decides whether a caller may send a query. Set it with {@link QueryBus.Builder#authorize
 * QueryBus.Builder.authorize}. The bus calls the authorizer before it validates the query, so the authorizer also sees
 * invalid queries. If the authorizer throws, the exception reaches the caller unchanged. Implementations must be
 * thread-safe.
 *
 * <pre>{@code
 * QueryAuthorizer authorizer = (query, metadata) ->
 *         !(query instanceof OrderById) || metadata.roles().contains("clerk");
 * }</pre>
 */
@FunctionalInterface
public interface QueryAuthorizer {

    /**
     * Returns whether a caller may send a query.
     *
     * @param query the query, not yet validated
     * @param metadata the metadata of the query, including the id and the roles of the caller
     * @return true if the caller is authorized; otherwise the bus throws {@link QueryNotAuthorizedException}
     */
    boolean permits(Query<?> query, QueryMetadata metadata);
}
