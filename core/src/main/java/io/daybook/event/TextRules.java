package io.daybook.event;

import org.jspecify.annotations.Nullable;

/**
 * The rules for ids, names and other text: one place for events, commands, streams and subscriptions. All methods are safe for
 * use by many threads.
 *
 * <pre>{@code
 * String userId = TextRules.requireId("userId", "alice"); // or "userId has 129 characters: at most 128 are allowed"
 * boolean empty = TextRules.isBlank("\u200B"); // true: a reader sees nothing
 * }</pre>
 */
public final class TextRules {

    /** The most characters that an id or a name may have. */
    public static final int MAX_ID_LENGTH = 128;

    private TextRules() {}

    /**
     * Checks an id or a name: present, not blank, at most {@value #MAX_ID_LENGTH} characters, without control characters, with
     * which a log line or a header could be forged, and without unpaired surrogates, which UTF-8 cannot hold.
     *
     * @param name what the message calls the id, such as {@code userId}
     * @param id the id, null if it is missing
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
     * Checks text that is stored but is no id, such as the value of an attribute.
     *
     * @param name what the message calls the text
     * @param text the text
     * @return the text
     * @throws IllegalArgumentException if it contains an unpaired surrogate, which UTF-8 cannot hold
     */
    public static String requireStorable(String name, String text) {
        int at = unpairedAt(text);
        if (at >= 0) {
            throw new IllegalArgumentException(name + " " + unpaired(text.charAt(at)));
        }
        return text;
    }

    /**
     * Tells whether UTF-8 can hold a text.
     *
     * @param text the text
     * @return whether it contains no unpaired surrogate
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
     * Checks an attribute: a name that is not blank, and both name and value without unpaired surrogates.
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
     * Tells whether a reader sees nothing of a text: it is empty or has only white space and format characters as Unicode has
     * them, such as U+00A0 (no-break space) and U+200B (zero-width space).
     *
     * @param text the text
     * @return whether it is blank
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
                && codePoint != 0x85 // next line: white space for Unicode, not for Java
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
        return "contains an unpaired surrogate (" + unicode(surrogate)
                + "): cut text between characters, not within one";
    }

    private static String unicode(int codePoint) {
        return String.format("U+%04X", codePoint);
    }
}
