package io.daybook.command;

import io.daybook.DaybookException;
import java.util.stream.Collectors;

/**
 * Thrown when the JSON of a command does not match its command type, for commands that
 * {@linkplain CommandMetadata#recordsRejections record rejections}. The message names the location and the kind of
 * fault, never the data. The command had no effect this time, but an earlier attempt may have taken effect, so this is
 * not a rejection: send the command again after the class is fixed or an upcaster is added. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class CommandSerializationException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final String commandType;
    private final int commandVersion;

    CommandSerializationException(String commandType, int commandVersion, CommandValidationException cause) {
        super(
                "version " + commandVersion + " of the command " + commandType + " does not match its class: "
                        + cause.violations().stream().map(Violation::toString).collect(Collectors.joining("; "))
                        + ": fix the class or add an upcaster",
                cause);
        this.commandType = commandType;
        this.commandVersion = commandVersion;
    }

    /**
     * {@return the name of the command's type}
     */
    public String commandType() {
        return commandType;
    }

    /**
     * {@return the version of the JSON, from 1}
     */
    public int commandVersion() {
        return commandVersion;
    }
}
