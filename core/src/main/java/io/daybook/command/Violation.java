package io.daybook.command;

/**
 * One thing that is wrong with a {@link Command}.
 *
 * @param path where, such as {@code items[0].quantity}; empty if it is the command as a whole
 * @param message what is wrong, in words for the one who asked
 */
public record Violation(String path, String message) {

    /**
     * {@return path and message, as in {@code items[0].quantity must be 1 or more}}
     */
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + " " + message;
    }
}
