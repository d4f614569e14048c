package io.daybook.command;

/**
 * Stands for JSON that could not be read or may not be sent, so that the log and the outer interceptors see its failure.
 *
 * @param type the name of the command's type if it has a handler; names from outside are not for logs and meters
 * @param failure why it was not read
 */
record UnreadCommand(String type, RuntimeException failure) implements Command {

    static final String UNKNOWN_TYPE = "unknown";

    @Override
    public String aggregateId() {
        return "";
    }
}
