package io.daybook.query;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.projection.StreamParkedException;
import io.daybook.readmodel.ReadModelUnavailableException;

/**
 * The outcome of a query, for metrics, logs and responses.
 *
 * <pre>{@code
 * try {
 *     queries.ask(new OrderById("42"), QueryMetadata.empty());
 * } catch (RuntimeException e) {
 *     boolean askAgain = Set.of(QueryOutcome.UNAVAILABLE, QueryOutcome.TIMEOUT).contains(QueryOutcome.of(e));
 * }
 * }</pre>
 */
public enum QueryOutcome {
    /** The query was answered. */
    ANSWERED,
    /** The query is invalid. */
    INVALID,
    /** The caller is not authorized to send the query. */
    UNAUTHORIZED,
    /** A stream that the answer must show is parked, because one of its events could not be projected. */
    PARKED,
    /** The timeout expired before the query was answered. */
    TIMEOUT,
    /** A read model or the event store could not be reached, or did not respond in time. */
    UNAVAILABLE,
    /** Any other failure, such as a bug in the program or a read model that is not ready. */
    FAILED;

    /**
     * Classifies the failure of a query.
     *
     * @param failure the exception that the bus threw
     * @return the outcome
     */
    public static QueryOutcome of(Throwable failure) {
        if (failure instanceof QueryValidationException) {
            return INVALID;
        } else if (failure instanceof QueryNotAuthorizedException) {
            return UNAUTHORIZED;
        } else if (failure instanceof StreamParkedException) {
            return PARKED;
        } else if (failure instanceof QueryTimeoutException) {
            return TIMEOUT;
        } else if (failure instanceof ReadModelUnavailableException
                || failure instanceof EventStoreUnavailableException) {
            return UNAVAILABLE;
        }
        return FAILED;
    }
}
