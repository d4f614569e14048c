package io.daybook.readmodel;

import io.daybook.event.TextRules;
import io.daybook.json.InstantText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversion of index values to text that sorts in the order of the values. Databases store numbers as doubles and
 * times as text of varying length, so without this conversion both would be sorted or matched incorrectly.
 *
 * <pre>{@code
 * String text = IndexValue.textOf(Instant.EPOCH); // 1970-01-01T00:00:00.000000000Z
 * }</pre>
 *
 * <table>
 * <caption>The types of index values</caption>
 * <tr><th>type</th><th>text</th></tr>
 * <tr><td>{@link String}, enum, {@link UUID}, {@link Boolean}</td><td>the value as text, or the name of the enum
 * constant; ordered by code point</td></tr>
 * <tr><td>{@link Instant}</td><td>UTC with nine fractional digits; years 0 to 9999</td></tr>
 * <tr><td>{@link LocalDate}</td><td>{@code 2026-01-31}; years 0 to 9999</td></tr>
 * <tr><td>{@code byte}, {@code short}, {@code int}, {@code long}, {@link BigDecimal}</td><td>a sign and 24 digits before the decimal
 * point; numbers that are equal by {@code compareTo} have equal texts</td></tr>
 * </table>
 */
public final class IndexValue {

    /** The order of the texts: by code point, as in UTF-8. */
    public static final Comparator<String> ORDER = IndexValue::compare;

    private static final int MAX_BYTES = 1_024;
    private static final int DIGITS = 24;

    private IndexValue() {}

    /**
     * Returns the texts of one or several values.
     *
     * @param value a value, a collection of values, or null; a filter matches a collection that contains a matching
     *     value
     * @return the texts; empty for null
     * @throws IllegalArgumentException if a value has an unsupported type or is out of range, or its text contains an
     *     unpaired surrogate or has more than 1,024 bytes
     */
    public static List<String> textsOf(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof Collection<?> elements) {
            return elements.stream().map(IndexValue::textOf).distinct().toList();
        }
        return List.of(textOf(value));
    }

    /**
     * Returns the text of one value.
     *
     * @param value the value
     * @return the text
     * @throws IllegalArgumentException if the value has an unsupported type or is out of range, or its text contains an
     *     unpaired surrogate or has more than 1,024 bytes
     */
    public static String textOf(Object value) {
        String text = TextRules.requireStorable("an index value", format(value));
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("an index value has " + bytes + " bytes, but at most " + MAX_BYTES
                    + " are allowed: index only part of the value");
        }
        return text;
    }

    private static String format(Object value) {
        if (value instanceof String || value instanceof UUID || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Instant instant) {
            return InstantText.format(instant);
        }
        if (value instanceof LocalDate date) {
            if (date.getYear() < 0 || date.getYear() > 9_999) {
                throw new IllegalArgumentException(
                        "the date " + date + " is outside the years 0 to 9999: use a date within these years");
            }
            return date.toString();
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return number(BigDecimal.valueOf(((Number) value).longValue()));
        }
        if (value instanceof BigDecimal decimal) {
            return number(decimal);
        }
        throw new IllegalArgumentException(
                "a " + value.getClass().getName()
                        + " cannot be an index value: use text, an enum, a whole number, a BigDecimal, an Instant or a LocalDate");
    }

    /**
     * Pads the digits to a fixed width, so that texts sort like the numbers. A negative number is written as the
     * complement of its digits, followed by a character above all digits.
     */
    private static String number(BigDecimal decimal) {
        BigDecimal value = decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
        if (value.precision() - (long) value.scale() > DIGITS || value.scale() > MAX_BYTES / 2) {
            throw new IllegalArgumentException(
                    "a number has more than " + DIGITS + " digits before the decimal point or more than "
                            + MAX_BYTES / 2 + " after it: use a shorter number as an index value");
        }
        String plain = value.abs().toPlainString();
        int point = plain.indexOf('.') < 0 ? plain.length() : plain.indexOf('.');
        String digits = "0".repeat(DIGITS - point) + plain;
        if (value.signum() >= 0) {
            return "+" + digits;
        }
        StringBuilder complement = new StringBuilder("!"); // before +
        digits.chars().forEach(digit -> complement.append(digit == '.' ? '.' : (char) ('0' + '9' - digit)));
        return complement.append(point == plain.length() ? ".~" : "~").toString();
    }

    private static int compare(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
                return surrogates ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
            }
        }
        return Integer.compare(one.length(), other.length());
    }
}
