package io.daybook.query;

import io.daybook.DaybookException;
import io.daybook.command.Violation;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when a query is invalid. Nothing was read. See {@link DaybookException} for how to distinguish failures.
 */
public final class QueryValidationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /**
     * Creates the exception.
     *
     * @param queryType the simple name of the query's class
     * @param violations all violations, at least one
     */
    public QueryValidationException(String queryType, List<Violation> violations) {
        super("the query " + queryType + " is invalid: "
                + violations.stream().map(Violation::toString).collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    /**
     * {@return all violations, at least one; unmodifiable}
     */
    public List<Violation> violations() {
        return violations;
    }
}
