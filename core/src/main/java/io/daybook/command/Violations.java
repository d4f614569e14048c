package io.daybook.command;

import io.daybook.event.TextRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collector of a command's violations, so that the caller can fix all of them at once. Not thread-safe.
 *
 * <pre>{@code
 * Violations violations = new Violations();
 * new ShipOrder("42", "").validate(violations);
 * List<Violation> found = violations.found(); // for a test of the command
 * }</pre>
 */
public final class Violations {

    private final String prefix;
    private final List<Violation> found;

    /** Creates an empty collector. */
    public Violations() {
        this("", new ArrayList<>());
    }

    private Violations(String prefix, List<Violation> found) {
        this.prefix = prefix;
        this.found = found;
    }

    /**
     * Adds a violation unless a condition holds.
     *
     * @param fulfilled whether the condition holds
     * @param path the path, relative to that of this collector, such as {@code quantity}
     * @param otherwise the message if the condition does not hold, such as {@code must be 1 or more}
     * @return whether the condition holds, so that dependent checks can be skipped
     */
    public boolean require(boolean fulfilled, String path, String otherwise) {
        if (!fulfilled) {
            found.add(new Violation(join(path), otherwise));
        }
        return fulfilled;
    }

    /**
     * Adds a violation if a text is missing, blank or too long, or contains an unpaired surrogate, which cannot be stored. Text that
     * consists only of white space and format characters, such as U+200B, is blank.
     *
     * @param text the text, or null if the sender omitted it
     * @param path the path, relative to that of this collector, such as {@code carrier}
     * @param maxLength the maximum number of characters
     * @return whether the text meets all conditions
     */
    public boolean requireText(@Nullable String text, String path, int maxLength) {
        return require(text != null && !TextRules.isBlank(text), path, "must not be blank")
                && require(
                        text != null && text.length() <= maxLength,
                        path,
                        "must have at most " + maxLength + " characters")
                && require(text != null && TextRules.isStorable(text), path, "must not contain an unpaired surrogate");
    }

    /**
     * Returns a view of this collector for a part of the command.
     *
     * @param path the path of the part, such as {@code shippingAddress} or {@code items[0]}
     * @return a view that adds violations to this collector, with paths relative to that part
     */
    public Violations at(String path) {
        return new Violations(join(path), found);
    }

    /**
     * {@return the violations found so far; unmodifiable}
     */
    public List<Violation> found() {
        return List.copyOf(found);
    }

    private String join(String path) {
        return prefix.isEmpty() || path.isEmpty() ? prefix + path : prefix + "." + path;
    }
}
