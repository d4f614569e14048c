package io.daybook.query;

import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The context in which a query is answered. The bus passes it to each {@link QueryInterceptor} and to the
 * {@link QueryHandler}. Immutable and thread-safe.
 */
public final class QueryContext {

    private final String queryType;
    private final QueryMetadata metadata;
    private final Instant now;
    private final @Nullable Duration limit;
    private final CommandTimeout timeout;

    QueryContext(String queryType, QueryMetadata metadata, Instant now, @Nullable Duration limit) {
        this.queryType = queryType;
        this.metadata = metadata;
        this.now = now;
        this.limit = limit;
        this.timeout = limit == null ? CommandTimeout.none() : CommandTimeout.after(limit);
    }

    /**
     * {@return the simple name of the query's class}
     */
    public String queryType() {
        return queryType;
    }

    /**
     * {@return the metadata of the query}
     */
    public QueryMetadata metadata() {
        return metadata;
    }

    /**
     * {@return the time at which the bus received the query, according to its clock}
     */
    public Instant now() {
        return now;
    }

    /**
     * {@return the time that remains to answer the query; zero if the timeout has expired, empty if there is no
     * timeout}
     */
    public Optional<Duration> remaining() {
        return timeout.remaining();
    }

    /**
     * Throws if the timeout has expired. The bus calls this method before it calls the handler. A handler that makes
     * several reads should call it between them.
     *
     * @throws QueryTimeoutException if the timeout has expired
     */
    public void checkTimeout() {
        if (limit != null && timeout.hasExpired()) {
            throw new QueryTimeoutException(queryType, limit);
        }
    }
}
