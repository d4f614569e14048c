package io.daybook.event;

import org.jspecify.annotations.Nullable;

/**
 * The rules for ids, names and other text, shared by events, commands, streams and subscriptions. All methods are thread-safe.
 *
 * <pre>{@code
 * String userId = TextRules.requireId("userId", "alice"); // throws if it has more than 128 characters
 * boolean empty = TextRules.isBlank("\u200B"); // true: a reader sees nothing
 * }</pre>
 */
public final class TextRules {

    /** The maximum length of an id or name, in characters. */
    public static final int MAX_ID_LENGTH = 128;

    private TextRules() {}

    /**
     * Checks that an id or name is present, is not blank and has at most {@value #MAX_ID_LENGTH} characters. The text
     * must not contain control characters, which could forge a log line or a header, or unpaired surrogates, which
     * UTF-8 cannot encode.
     *
     * @param name the name of the id in the exception message, such as {@code userId}
     * @param id the id, or null if it is missing
     * @return the id
     * @throws IllegalArgumentException if a rule is violated; the message names that rule and does not quote the id
     */
    public static String requireId(String name, @Nullable String id) {
        if (id == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        String violation = idViolation(id);
        if (violation != null) {
            throw new IllegalArgumentException(name + " " + violation);
        }
        return id;
    }

    static boolean isId(String text) {
        return idViolation(text) == null;
    }

    /**
     * Checks text that is stored but is not an id, such as the value of an attribute.
     *
     * @param name the name of the text in the exception message
     * @param text the text
     * @return the text
     * @throws IllegalArgumentException if the text contains an unpaired surrogate, which UTF-8 cannot encode
     */
    public static String requireStorable(String name, String text) {
        int at = unpairedAt(text);
        if (at >= 0) {
            throw new IllegalArgumentException(name + " " + unpaired(text.charAt(at)));
        }
        return text;
    }

    /**
     * Returns whether UTF-8 can encode a text.
     *
     * @param text the text
     * @return whether the text contains no unpaired surrogate
     */
    public static boolean isStorable(String text) {
        return unpairedAt(text) < 0;
    }

    private static int unpairedAt(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (text.codePointAt(i) <= Character.MAX_VALUE) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /**
     * Checks an attribute: the name must not be blank, and neither the name nor the value may contain an unpaired surrogate.
     *
     * @param name the name of the attribute
     * @param value its value
     * @throws IllegalArgumentException if a rule is violated; the message names that rule and does not quote the value
     */
    public static void requireAttribute(String name, String value) {
        if (isBlank(name)) {
            throw new IllegalArgumentException("the name of an attribute is blank");
        }
        requireStorable("the name of an attribute", name);
        requireStorable("the attribute " + name, value);
    }

    /**
     * Returns whether a text is blank: it is empty or consists only of white space and format characters as defined by
     * Unicode, such as U+00A0 (no-break space) and U+200B (zero-width space).
     *
     * @param text the text
     * @return whether the text is blank
     */
    public static boolean isBlank(String text) {
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            if (isVisible(codePoint)) {
                return false;
            }
            i += Character.charCount(codePoint);
        }
        return true;
    }

    private static boolean isVisible(int codePoint) {
        return !Character.isWhitespace(codePoint)
                && !Character.isSpaceChar(codePoint)
                && codePoint != 0x85 // U+0085 (next line): white space in Unicode, but not in Java
                && Character.getType(codePoint) != Character.FORMAT;
    }

    private static @Nullable String idViolation(String id) {
        int length = id.length();
        if (length > MAX_ID_LENGTH) {
            return "has " + length + " characters: at most " + MAX_ID_LENGTH + " are allowed";
        }
        boolean visible = false;
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            if (c > ' ' && c <= '~') {
                visible = true;
            } else if (c != ' ') {
                int codePoint = id.codePointAt(i);
                if (Character.isISOControl(codePoint)) {
                    return isBlank(id)
                            ? "is blank"
                            : "contains a control character (" + unicode(codePoint) + "): remove it";
                }
                if (Character.getType(codePoint) == Character.SURROGATE) {
                    return unpaired(codePoint);
                }
                visible |= isVisible(codePoint);
                i += Character.charCount(codePoint) - 1;
            }
        }
        return visible ? null : "is blank";
    }

    private static String unpaired(int surrogate) {
        return "contains an unpaired surrogate (" + unicode(surrogate) + "): split text only between characters";
    }

    private static String unicode(int codePoint) {
        return String.format("U+%04X", codePoint);
    }
}
