package io.daybook.command;

import io.daybook.DaybookException;
import java.util.OptionalInt;

/**
 * Thrown when no handler is registered for a command or query. Nothing was executed. See {@link DaybookException} for
 * how to distinguish failures.
 */
public final class NoHandlerException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final int version;
    private final boolean namedBySender;

    private NoHandlerException(String message, String type, int version, boolean namedBySender) {
        super(message);
        this.type = type;
        this.version = version;
        this.namedBySender = namedBySender;
    }

    /**
     * Creates the exception for a command type that the sender specified by name.
     *
     * @param commandType the name of the command's type
     * @param commandVersion the version of the command's type, from 1
     */
    public NoHandlerException(String commandType, int commandVersion) {
        this(commandType, commandVersion, true);
    }

    /**
     * Creates the exception.
     *
     * @param namedBySender whether the sender named the type, as with JSON; if not, the program sent an object of an
     *     unregistered class
     */
    NoHandlerException(String commandType, int commandVersion, boolean namedBySender) {
        this(
                "no handler is registered for version " + commandVersion + " of the command " + commandType
                        + ": register one where the command bus is built, or add an upcaster for that version",
                commandType,
                commandVersion,
                namedBySender);
    }

    /**
     * Returns the exception for a query.
     *
     * @param queryType the name of the query's class
     * @return the exception
     */
    public static NoHandlerException ofQuery(String queryType) {
        return new NoHandlerException(
                "no handler is registered for the query " + queryType + ": register one where the query bus is built",
                queryType,
                0,
                false);
    }

    boolean isNamedBySender() {
        return namedBySender;
    }

    /**
     * {@return the name of the command's type or of the query's class}
     */
    public String type() {
        return type;
    }

    /**
     * {@return the version of the command's type, from 1; empty for a query}
     */
    public OptionalInt version() {
        return version == 0 ? OptionalInt.empty() : OptionalInt.of(version);
    }
}
