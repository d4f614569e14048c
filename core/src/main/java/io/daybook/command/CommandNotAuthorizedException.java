package io.daybook.command;

import io.daybook.DaybookException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the sender is not authorized to send a command. The command had no effect. See {@link DaybookException}
 * for how to distinguish failures.
 */
public final class CommandNotAuthorizedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String commandType;
    private final @Nullable String userId;

    /**
     * Creates the exception.
     *
     * @param commandType the name of the command's type
     * @param userId the id of the sender, or null if unknown
     */
    public CommandNotAuthorizedException(String commandType, @Nullable String userId) {
        super((userId == null ? "an anonymous user" : "the user " + userId) + " is not authorized to send the command "
                + commandType);
        this.commandType = commandType;
        this.userId = userId;
    }

    /**
     * {@return the name of the command's type}
     */
    public String commandType() {
        return commandType;
    }

    /**
     * {@return the id of the sender; empty if unknown}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }
}
