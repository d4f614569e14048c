package io.daybook.json;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-length text format for instants: {@code 2026-01-02T03:04:05.000000006Z}. The text always has nine fraction
 * digits, so the texts sort in chronological order. Formatting is many times faster than with the JDK's general
 * formatter, which would otherwise dominate the time to read an event. The format covers the years 0000 to 9999.
 */
public final class InstantText {

    private static final int LENGTH = "2026-01-02T03:04:05.000000006Z".length();
    private static final int WITHOUT_FRACTION = "2026-01-02T03:04:05Z".length();
    private static final int[] POWERS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };
    private static final String SHAPE = "____-__-__T__:__:__._________Z";
    private static final long FIRST_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final long SECONDS_PER_DAY = 86_400;
    private static final int DAYS_BEFORE_EPOCH = 719_469; // days from the last day of February of year 0

    private InstantText() {}

    /**
     * Formats an instant.
     *
     * @param instant in the years 0000 to 9999
     * @return the text, 30 characters
     * @throws IllegalArgumentException if the year is out of range
     */
    public static String format(Instant instant) {
        long second = instant.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            throw new IllegalArgumentException("the instant " + instant + " is outside the years 0000 to 9999");
        }
        char[] text = SHAPE.toCharArray();
        putSeconds(text, second);
        put(text, 20, 9, instant.getNano());
        return new String(text);
    }

    /**
     * Formats an instant as {@link Instant#toString} does, with 0, 3, 6 or 9 fraction digits.
     *
     * @return the text, or null if the year is outside 0000 to 9999
     */
    static char @Nullable [] shortest(Instant instant) {
        long second = instant.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            return null;
        }
        int nano = instant.getNano();
        int digits = nano == 0 ? 0 : nano % 1_000_000 == 0 ? 3 : nano % 1_000 == 0 ? 6 : 9;
        char[] text = new char[digits == 0 ? WITHOUT_FRACTION : WITHOUT_FRACTION + 1 + digits];
        SHAPE.getChars(0, text.length - 1, text, 0);
        text[text.length - 1] = 'Z';
        putSeconds(text, second);
        if (digits > 0) {
            put(text, 20, digits, digits == 3 ? nano / 1_000_000 : digits == 6 ? nano / 1_000 : nano);
        }
        return text;
    }

    private static void putSeconds(char[] text, long second) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
        int secondOfDay = Math.floorMod(second, (int) SECONDS_PER_DAY);
        put(text, 0, 4, date.getYear());
        put(text, 5, 2, date.getMonthValue());
        put(text, 8, 2, date.getDayOfMonth());
        put(text, 11, 2, secondOfDay / 3_600);
        put(text, 14, 2, secondOfDay / 60 % 60);
        put(text, 17, 2, secondOfDay % 60);
    }

    private static void put(char[] text, int start, int digits, int value) {
        int rest = value;
        for (int i = start + digits - 1; i >= start; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Parses an instant. Text in a format that neither {@link #format} nor {@link Instant#toString} writes is passed to
     * {@link Instant#parse}.
     *
     * @param text the text
     * @return the instant
     * @throws DateTimeParseException if the text is not an ISO-8601 instant
     */
    public static Instant parse(String text) {
        char[] characters = text.toCharArray();
        Instant instant = parseUsual(characters, 0, characters.length);
        return instant == null ? Instant.parse(text) : instant;
    }

    /** Parses {@code 2026-01-02T03:04:05Z} with 0 to 9 fraction digits. Returns null for any other text, valid or not. */
    static @Nullable Instant parseUsual(char[] text, int start, int length) {
        if (length < WITHOUT_FRACTION || length > LENGTH || length == WITHOUT_FRACTION + 1) {
            return null;
        }
        boolean marks = text[start + 4] == '-'
                && text[start + 7] == '-'
                && text[start + 10] == 'T'
                && text[start + 13] == ':'
                && text[start + 16] == ':'
                && text[start + length - 1] == 'Z'
                && (length == WITHOUT_FRACTION || text[start + 19] == '.');
        if (!marks) {
            return null;
        }
        int year = number(text, start, 4);
        int month = number(text, start + 5, 2);
        int day = number(text, start + 8, 2);
        int hour = number(text, start + 11, 2);
        int minute = number(text, start + 14, 2);
        int second = number(text, start + 17, 2);
        int digits = Math.max(0, length - WITHOUT_FRACTION - 1);
        int fraction = number(text, start + 20, digits);
        if ((year | month | day | hour | minute | second | fraction) < 0) {
            return null; // one of them is not a number
        }
        if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) {
            return null; // a leap second, the end of a day, or an error that the general parser reports better
        }
        if (day > 28 && day > YearMonth.of(year, month).lengthOfMonth()) {
            return null;
        }
        return Instant.ofEpochSecond(
                epochDay(year, month, day) * SECONDS_PER_DAY + hour * 3_600L + minute * 60L + second,
                (long) fraction * POWERS[9 - digits]);
    }

    /** Counts years from March, so that the leap day is the last day of a year. Valid from year 0. */
    private static int epochDay(int year, int month, int day) {
        int marchYear = month > 2 ? year : year - 1;
        int century = Math.floorDiv(marchYear, 100);
        int monthFromMarch = month > 2 ? month - 3 : month + 9;
        return marchYear * 365
                + Math.floorDiv(marchYear, 4)
                - century
                + Math.floorDiv(century, 4)
                + (153 * monthFromMarch + 2) / 5
                + day
                - DAYS_BEFORE_EPOCH;
    }

    /** Returns the value of this many digits, or a negative number if there is any other character. */
    private static int number(char[] text, int start, int digits) {
        int value = 0;
        for (int i = start; i < start + digits; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
