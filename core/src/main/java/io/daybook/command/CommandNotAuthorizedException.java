package io.daybook.command;

import io.daybook.DaybookException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one who sent a command may not do so. Nothing was decided or stored.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class CommandNotAuthorizedException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String commandType;
    private final @Nullable String userId;

    /**
     * Creates the rejection.
     *
     * @param commandType the name of the command's type
     * @param userId who sent it, or null if nobody said
     */
    public CommandNotAuthorizedException(String commandType, @Nullable String userId) {
        super((userId == null ? "an unnamed user" : "the user " + userId) + " may not send the command " + commandType);
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
     * {@return who sent it; empty if nobody said}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }
}
