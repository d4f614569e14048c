package io.daybook.command;

import io.daybook.DaybookException;

/**
 * No handler is registered for a command. Nothing was decided or stored.
 * How failures are told apart is shown at {@link DaybookException}.
 */
public final class NoHandlerException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String commandType;

    NoHandlerException(String commandType) {
        super("no handler is registered for the command " + commandType
                + ": register one where the command bus is built");
        this.commandType = commandType;
    }

    /**
     * {@return the name of the command's type}
     */
    public String commandType() {
        return commandType;
    }
}
