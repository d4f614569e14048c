package io.daybook.command;

import io.daybook.event.TextRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects all that is wrong with a command, so that the one who asked can mend it at once. Not safe for use by several threads.
 *
 * <pre>{@code
 * Violations violations = new Violations();
 * new ShipOrder("42", "").validate(violations);
 * List<Violation> found = violations.found(); // for the test of a command
 * }</pre>
 */
public final class Violations {

    private final String prefix;
    private final List<Violation> found;

    /** Creates a collection that is empty. */
    public Violations() {
        this("", new ArrayList<>());
    }

    private Violations(String prefix, List<Violation> found) {
        this.prefix = prefix;
        this.found = found;
    }

    /**
     * Adds a violation unless a condition is fulfilled.
     *
     * @param fulfilled whether the condition is fulfilled
     * @param path where, relative to this collection's place, such as {@code quantity}
     * @param otherwise what is wrong if it is not, such as {@code must be 1 or more}
     * @return whether it is fulfilled, so that dependent checks can be left out
     */
    public boolean require(boolean fulfilled, String path, String otherwise) {
        if (!fulfilled) {
            found.add(new Violation(join(path), otherwise));
        }
        return fulfilled;
    }

    /**
     * Adds a violation unless a text is present, of a bounded length and without unpaired surrogates, which cannot be stored.
     * Text of white space and format characters only, such as U+200B, is blank.
     *
     * @param text the text, null if the sender left it out
     * @param path where, relative to this collection's place, such as {@code carrier}
     * @param maxLength the most characters that it may have
     * @return whether it fulfills all of this
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
     * Goes down to a part of the command.
     *
     * @param path where, such as {@code shippingAddress} or {@code items[0]}
     * @return a view that adds to this collection, with all paths below that place
     */
    public Violations at(String path) {
        return new Violations(join(path), found);
    }

    /**
     * {@return what was found so far; unmodifiable}
     */
    public List<Violation> found() {
        return List.copyOf(found);
    }

    private String join(String path) {
        return prefix.isEmpty() || path.isEmpty() ? prefix + path : prefix + "." + path;
    }
}
