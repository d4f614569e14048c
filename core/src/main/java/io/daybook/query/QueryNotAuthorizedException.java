package io.daybook.query;

import io.daybook.DaybookException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a caller is not authorized to send a query. Nothing was read. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class QueryNotAuthorizedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String queryType;
    private final @Nullable String userId;

    /**
     * Creates the exception.
     *
     * @param queryType the simple name of the query's class
     * @param userId the id of the caller, or null if unknown
     */
    public QueryNotAuthorizedException(String queryType, @Nullable String userId) {
        super((userId == null ? "an anonymous user" : "the user " + userId) + " is not authorized to send the query "
                + queryType);
        this.queryType = queryType;
        this.userId = userId;
    }

    /**
     * {@return the simple name of the query's class}
     */
    public String queryType() {
        return queryType;
    }

    /**
     * {@return the id of the caller; empty if unknown}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }
}
