package io.daybook.query;

import io.daybook.DaybookException;
import java.time.Duration;

/**
 * Thrown when a query's timeout expires before the query is answered. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class QueryTimeoutException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String queryType;
    private final Duration timeout;

    /**
     * Creates the exception.
     *
     * @param queryType the simple name of the query's class
     * @param timeout the timeout that expired
     */
    public QueryTimeoutException(String queryType, Duration timeout) {
        super("the query " + queryType + " was not answered within " + timeout
                + ": retry the query, or use a longer timeout");
        this.queryType = queryType;
        this.timeout = timeout;
    }

    /**
     * {@return the simple name of the query's class}
     */
    public String queryType() {
        return queryType;
    }

    /**
     * {@return the timeout that expired}
     */
    public Duration timeout() {
        return timeout;
    }
}
