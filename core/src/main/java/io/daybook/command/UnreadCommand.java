package io.daybook.command;

/**
 * A placeholder for a command whose JSON could not be read or whose sender is not authorized, so that the log and the
 * outer interceptors see the failure.
 *
 * @param type the name of the command's type if it has a handler; other names are untrusted and must not reach logs and
 *     meters
 * @param failure the reason why the command was not read
 */
record UnreadCommand(String type, RuntimeException failure) implements Command {

    static final String UNKNOWN_TYPE = "unknown";

    @Override
    public String aggregateId() {
        return "";
    }
}
