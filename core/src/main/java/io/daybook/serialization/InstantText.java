package io.daybook.serialization;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/**
 * Instants as text of one length, {@code 2026-01-02T03:04:05.000000006Z}: always nine digits, so that the order of the
 * texts is the order of the times. Many times as fast as the general formatter of the JDK, which dominates the reading of
 * an event otherwise. For years 0000 to 9999.
 */
public final class InstantText {

    private static final int LENGTH = "2026-01-02T03:04:05.000000006Z".length();
    private static final String SHAPE = "____-__-__T__:__:__._________Z";
    private static final long FIRST_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final long SECONDS_PER_DAY = 86_400;

    private InstantText() {}

    /**
     * Writes an instant.
     *
     * @param instant in the years 0000 to 9999
     * @return the text, 30 characters
     * @throws IllegalArgumentException if the year is another
     */
    public static String format(Instant instant) {
        long second = instant.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            throw new IllegalArgumentException("the instant " + instant + " is outside of the years 0000 to 9999");
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
        int secondOfDay = Math.floorMod(second, (int) SECONDS_PER_DAY);
        char[] text = SHAPE.toCharArray();
        put(text, 0, 4, date.getYear());
        put(text, 5, 2, date.getMonthValue());
        put(text, 8, 2, date.getDayOfMonth());
        put(text, 11, 2, secondOfDay / 3_600);
        put(text, 14, 2, secondOfDay / 60 % 60);
        put(text, 17, 2, secondOfDay % 60);
        put(text, 20, 9, instant.getNano());
        return new String(text);
    }

    private static void put(char[] text, int start, int digits, int value) {
        int rest = value;
        for (int i = start + digits - 1; i >= start; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Reads an instant. Text of another shape than {@link #format} writes is left to {@link Instant#parse}.
     *
     * @param text the text
     * @return the instant
     * @throws DateTimeParseException if it is not an instant in ISO-8601
     */
    public static Instant parse(String text) {
        if (!hasShape(text)) {
            return Instant.parse(text);
        }
        int hour = number(text, 11, 2);
        int minute = number(text, 14, 2);
        int second = number(text, 17, 2);
        if (hour > 23 || minute > 59 || second > 59) {
            return Instant.parse(text); // a leap second, the end of a day, or a mistake that it tells best
        }
        try {
            LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2));
            return Instant.ofEpochSecond(
                    date.toEpochDay() * SECONDS_PER_DAY + hour * 3_600L + minute * 60L + second, number(text, 20, 9));
        } catch (DateTimeException e) {
            return Instant.parse(text);
        }
    }

    private static boolean hasShape(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char wanted = SHAPE.charAt(i);
            char found = text.charAt(i);
            if (wanted == '_' ? found < '0' || found > '9' : found != wanted) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int start, int digits) {
        int value = 0;
        for (int i = start; i < start + digits; i++) {
            value = value * 10 + text.charAt(i) - '0';
        }
        return value;
    }
}
