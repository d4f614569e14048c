package io.daybook.command;

import io.daybook.DaybookException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A command is malformed or incomplete. Nothing was decided or stored.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class CommandValidationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /**
     * Creates the rejection.
     *
     * @param commandType the name of the command's type
     * @param violations all that is wrong, at least one
     */
    public CommandValidationException(String commandType, List<Violation> violations) {
        super("the command " + commandType + " is invalid: "
                + violations.stream().map(Violation::toString).collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    /**
     * {@return all that is wrong, at least one; unmodifiable}
     */
    public List<Violation> violations() {
        return violations;
    }
}
