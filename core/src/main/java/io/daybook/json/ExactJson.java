package io.daybook.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A check for values that JSON databases alter: numbers that change when they are stored as doubles, and text that
 * UTF-8 cannot encode. The check scans the tokens in one pass over the bytes and binds nothing to objects. Malformed
 * JSON is left for a parser to detect. All methods are thread-safe.
 */
public final class ExactJson {

    /** The maximum number of zeros before or after the digits of a number. */
    public static final int MAX_SCALE = 1_000;

    private static final long MAX_INTEGER = 1L << 53;
    private static final int ALWAYS_EXACT_DIGITS = 15;
    private static final int MAX_DIGITS = 1_000;
    private static final int NONE = -1;
    private static final JsonFactory FACTORY = new JsonFactory();

    /**
     * A rejected token.
     *
     * @param path the member names and element indexes that lead to the token, outermost first
     * @param rule the violated rule and what to do, without the value
     */
    public record Fault(List<Object> path, String rule) {}

    private ExactJson() {}

    /**
     * Finds the first token that is altered by a database that stores numbers as doubles and text as UTF-8: integers
     * beyond ±2<sup>53</sup>, other numbers whose nearest double is written as a different value, negative zero, and
     * unpaired surrogates.
     *
     * @param json UTF-8 JSON
     * @return the first such token, or null if such a database returns the JSON unchanged
     */
    public static @Nullable Fault alteredIn(byte[] json) {
        return find(json, true);
    }

    /**
     * Finds the first token that must not be read from an untrusted source: an unpaired surrogate, or a number with
     * more than {@value #MAX_SCALE} zeros, because a single addition with such a number can take minutes.
     *
     * @param json UTF-8 JSON
     * @return the first such token, or null if there is none
     */
    public static @Nullable Fault harmfulIn(byte[] json) {
        return find(json, false);
    }

    private static @Nullable Fault find(byte[] json, boolean exact) {
        int i = 0;
        while (i < json.length) {
            byte b = json[i];
            if (b == '"') {
                int end = skipText(json, i + 1);
                if (end < 0) {
                    return new Fault(
                            path(json, i),
                            "text contains an unpaired surrogate, which UTF-8 cannot encode: split text only between characters");
                }
                i = end;
            } else if (b == '-' || isDigit(b)) {
                int end = i + 1;
                while (end < json.length && isOfNumber(json[end])) {
                    end++;
                }
                if (exact && !isExact(json, i, end)) {
                    return new Fault(
                            path(json, i),
                            "a number changes when a database stores it as a double: write it as a string");
                }
                if (!exact && scale(json, i, end) > MAX_SCALE) {
                    return new Fault(
                            path(json, i),
                            "a number has more than " + MAX_SCALE + " zeros: send a number with fewer digits");
                }
                i = end;
            } else {
                i++;
            }
        }
        return null;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isOfNumber(byte b) {
        return isDigit(b) || b == '.' || b == 'e' || b == 'E' || b == '+' || b == '-';
    }

    /** Returns the index after the closing quote, or {@link #NONE} if an unpaired surrogate precedes it. */
    private static int skipText(byte[] json, int start) {
        int i = start;
        while (i < json.length) {
            byte b = json[i++];
            if (b == '"') {
                return i;
            }
            if (b == '\\') {
                int unit = escapedUnit(json, i - 1);
                if (unit == NONE) {
                    i++;
                } else if (!Character.isSurrogate((char) unit)) {
                    i += 5;
                } else {
                    int low = escapedUnit(json, i + 5);
                    if (low == NONE || !Character.isSurrogatePair((char) unit, (char) low)) {
                        return NONE;
                    }
                    i += 11;
                }
            } else if (b == (byte) 0xED && i < json.length && (json[i] & 0xE0) == 0xA0) {
                return NONE; // a surrogate encoded in three bytes
            }
        }
        return i;
    }

    /** Returns the UTF-16 code unit of a six-byte escape, or {@link #NONE} if there is no such escape. */
    private static int escapedUnit(byte[] json, int at) {
        if (at + 6 > json.length || json[at] != '\\' || json[at + 1] != 'u') {
            return NONE;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            unit = (unit << 4) | Character.digit(json[i], 16);
        }
        return unit < 0 ? NONE : unit;
    }

    private static boolean isExact(byte[] json, int start, int end) {
        int digits = 0;
        int i = start;
        boolean whole = true;
        boolean zero = true;
        for (; i < end && json[i] != 'e' && json[i] != 'E'; i++) {
            if (isDigit(json[i])) {
                digits++;
                zero &= json[i] == '0';
            } else if (json[i] == '.') {
                whole = false;
            }
        }
        if (zero && json[start] == '-' && !(whole && i == end)) { // a fraction loses its sign
            return false;
        }
        if (digits <= ALWAYS_EXACT_DIGITS && end - i <= 3) { // at most e99
            return true;
        }
        if (digits > MAX_DIGITS) {
            return false;
        }
        String text = new String(json, start, end - start, StandardCharsets.ISO_8859_1);
        return (whole && i == end) ? isExactInteger(text) : isExactFraction(text, scale(json, start, end));
    }

    private static boolean isExactInteger(String text) {
        try {
            long value = Long.parseLong(text);
            return value >= -MAX_INTEGER && value <= MAX_INTEGER;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isExactFraction(String text, long scale) {
        if (scale > MAX_SCALE + MAX_DIGITS) {
            return false;
        }
        try {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                return false;
            }
            String javas = Double.toString(value);
            if (text.equals(javas)) {
                return true;
            }
            BigDecimal exact = new BigDecimal(text);
            return exact.compareTo(new BigDecimal(javas)) == 0 || exact.compareTo(shortest(value)) == 0;
        } catch (NumberFormatException e) {
            return true; // not a number: the parser rejects it
        }
    }

    /** Returns the shortest decimal that parses to the double, as JavaScript writes it. Before JDK 19, Java's own may be longer. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return exact.round(new MathContext(17));
    }

    /** Returns how many places the decimal point moves, in either direction. */
    private static long scale(byte[] json, int start, int end) {
        int i = start;
        int fraction = 0;
        boolean inFraction = false;
        for (; i < end && json[i] != 'e' && json[i] != 'E'; i++) {
            if (json[i] == '.') {
                inFraction = true;
            } else if (inFraction) {
                fraction++;
            }
        }
        long exponent = 0;
        boolean negative = false;
        for (i++; i < end; i++) {
            if (isDigit(json[i])) {
                exponent = Math.min(exponent * 10 + (json[i] - '0'), Integer.MAX_VALUE);
            } else if (json[i] == '-') {
                negative = true;
            }
        }
        return Math.abs(fraction - (negative ? -exponent : exponent));
    }

    private static List<Object> path(byte[] json, int offset) {
        Deque<Object> path = new ArrayDeque<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            JsonStreamContext at = context(parser, offset);
            for (; at != null && !at.inRoot(); at = at.getParent()) {
                path.addFirst(at.inArray() ? (Object) at.getCurrentIndex() : String.valueOf(at.getCurrentName()));
            }
        } catch (IOException e) {
            return List.of();
        }
        return List.copyOf(path);
    }

    private static @Nullable JsonStreamContext context(JsonParser parser, int offset) {
        JsonToken token;
        try {
            token = parser.nextToken();
            while (token != null && parser.currentTokenLocation().getByteOffset() < offset) {
                token = parser.nextToken();
            }
        } catch (IOException e) {
            token = JsonToken.FIELD_NAME; // Jackson cannot read this name
        }
        JsonStreamContext context = parser.getParsingContext();
        return token == JsonToken.FIELD_NAME ? context.getParent() : context;
    }
}
