package io.daybook.command;

/**
 * A rule that a {@link Command} violates.
 *
 * @param path the path of the invalid member, such as {@code items[0].quantity}; empty for the command as a whole
 * @param message the violated rule, worded for the caller
 */
public record Violation(String path, String message) {

    /**
     * {@return the path and the message, as in {@code items[0].quantity must be 1 or more}}
     */
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + " " + message;
    }
}
