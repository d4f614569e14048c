package io.daybook.command;

import io.daybook.DaybookException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when a command is malformed or incomplete. The command had no effect. See {@link DaybookException} for how to
 * distinguish failures.
 */
public final class CommandValidationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /**
     * Creates the exception.
     *
     * @param commandType the name of the command's type
     * @param violations all violations, at least one
     */
    public CommandValidationException(String commandType, List<Violation> violations) {
        super("the command " + commandType + " is invalid: "
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
