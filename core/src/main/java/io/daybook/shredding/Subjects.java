package io.daybook.shredding;

import io.daybook.event.TextRules;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** The rules for subjects and their names. */
final class Subjects {

    static final String UNKNOWN = "the key store has no key for its subject: check that it is the correct store";

    private Subjects() {}

    static boolean isValid(String name) {
        return !name.isEmpty() && name.length() <= 128 && TextRules.isStorable(name);
    }

    /**
     * Returns the subjects that a function of the user names, in a fixed order. The function may quote personal data in its message, so only
     * the kind of its failure is reported.
     */
    static NavigableSet<String> namedBy(
            Supplier<? extends Collection<String>> function, Function<String, RuntimeException> failure) {
        NavigableSet<String> subjects;
        try {
            subjects = new TreeSet<>(function.get());
        } catch (RuntimeException e) {
            throw failure.apply("the function that names its subject failed with "
                    + e.getClass().getName());
        }
        if (!subjects.stream().allMatch(Subjects::isValid)) {
            throw failure.apply("a subject must have 1 to 128 characters that UTF-8 can encode");
        }
        return subjects;
    }
}
