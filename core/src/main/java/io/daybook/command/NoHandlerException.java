package io.daybook.command;

import io.daybook.DaybookException;

/**
 * Thrown when no handler is registered for a command. The command had no effect. See {@link DaybookException} for how
 * to distinguish failures.
 */
public final class NoHandlerException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String commandType;
    private final int commandVersion;
    private final boolean namedBySender;

    /**
     * Creates the exception.
     *
     * @param namedBySender whether the sender named the type, as with JSON; if not, the program sent an object of an
     *     unregistered class
     */
    NoHandlerException(String commandType, int commandVersion, boolean namedBySender) {
        super("no handler is registered for version " + commandVersion + " of the command " + commandType
                + ": register one where the command bus is built, or add an upcaster for that version");
        this.commandType = commandType;
        this.commandVersion = commandVersion;
        this.namedBySender = namedBySender;
    }

    boolean isNamedBySender() {
        return namedBySender;
    }

    /**
     * {@return the name of the command's type}
     */
    public String commandType() {
        return commandType;
    }

    /**
     * {@return the version of the command's type, from 1}
     */
    public int commandVersion() {
        return commandVersion;
    }
}
