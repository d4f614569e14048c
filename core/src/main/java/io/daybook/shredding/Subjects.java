package io.daybook.shredding;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The rules for names of subjects. */
final class Subjects {

    static final String RULE = "a subject is named by 1 to 128 characters that UTF-8 can hold";
    private static final int MAX_LENGTH = 128;

    private Subjects() {}

    static boolean isOne(@Nullable String name) {
        return name != null
                && !name.isEmpty()
                && name.length() <= MAX_LENGTH
                && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }
}
