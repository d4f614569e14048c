package io.daybook.eventstore;

import java.time.Duration;

/**
 * An exponential backoff. The pause doubles with each consecutive failure, up to a maximum. Immutable.
 *
 * <pre>{@code
 * Backoff backoff = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(10));
 * Duration pause = backoff.after(3); // 80 ms
 * }</pre>
 *
 * @param first the pause after the first failure, more than zero
 * @param longest the maximum pause, at least {@code first} and at most one day
 */
public record Backoff(Duration first, Duration longest) {

    private static final Duration MAX = Duration.ofDays(1);
    private static final int MAX_DOUBLINGS = 30;

    /**
     * Validates the pauses.
     *
     * @param first the pause after the first failure
     * @param longest the maximum pause
     * @throws IllegalArgumentException if {@code first} is zero, negative or greater than {@code longest}, or
     *     {@code longest} is more than one day
     */
    public Backoff {
        if (first.isNegative() || first.isZero()) {
            throw new IllegalArgumentException("the first pause is " + first + ": use more than zero");
        }
        if (first.compareTo(longest) > 0 || longest.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("the longest pause is " + longest + ": use at least the first pause, "
                    + first + ", and at most " + MAX);
        }
    }

    /**
     * Returns the pause after a number of consecutive failures.
     *
     * @param failures the number of failures since the last success
     * @return the pause; zero if there were no failures
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
