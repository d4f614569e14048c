package io.daybook.eventstore;

import java.time.Duration;

/**
 * An exponential backoff: the pause doubles with each failure in a row, up to a bound. Immutable.
 *
 * <pre>{@code
 * Backoff backoff = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(10));
 * Duration pause = backoff.after(3); // 80 ms
 * }</pre>
 *
 * @param first the pause after the first failure, more than zero
 * @param longest the longest pause, not less than {@code first} nor more than a day
 */
public record Backoff(Duration first, Duration longest) {

    private static final Duration MAX = Duration.ofDays(1);
    private static final int MAX_DOUBLINGS = 30;

    /**
     * Checks the bounds.
     *
     * @param first the pause after the first failure
     * @param longest the longest pause
     * @throws IllegalArgumentException if {@code first} is zero, negative or greater than {@code longest}, or
     *     {@code longest} is more than a day
     */
    public Backoff {
        if (first.isNegative() || first.isZero()) {
            throw new IllegalArgumentException("first pause of " + first + ": it must be more than zero");
        }
        if (first.compareTo(longest) > 0 || longest.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    "longest pause of " + longest + ": it must be between the first, " + first + ", and " + MAX);
        }
    }

    /**
     * Returns the pause after some failures in a row.
     *
     * @param failures how many failures there were without a success between them
     * @return the pause; zero if there were none
     */
    public Duration after(int failures) {
        if (failures <= 0) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
        long most = longest.toNanos();
        long least = first.toNanos();
        return Duration.ofNanos(least > most >> doublings ? most : least << doublings);
    }
}
