package io.daybook.aggregate;

import io.daybook.eventstore.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after which pause, a decision is made again when another writer came first; given to
 * {@link AggregateRepository#retry AggregateRepository.retry}. The first three times are tried at once; then the pause doubles from {@code base} up to
 * {@code max}, and a random share of it is waited, so that writers that met once do not meet again. Where an attempt takes less
 * than {@code base}, as with a store in memory, all pauses are shorter in proportion.
 *
 * @param maxRetries how often at most, 0 or more; 0 reports the first conflict
 * @param base the longest first pause, more than zero
 * @param max the longest pause of all, not less than {@code base} nor more than a day
 */
public record RetryPolicy(int maxRetries, Duration base, Duration max) {

    private static final int AT_ONCE = 3;
    private static final Duration LONGEST = Duration.ofDays(1); // before the policy below, which is checked with it

    /** 20 retries, with pauses from 1 ms to 100 ms. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(20, Duration.ofMillis(1), Duration.ofMillis(100));

    /**
     * Checks the bounds.
     *
     * @param maxRetries how often at most
     * @param base the longest first pause
     * @param max the longest pause of all
     * @throws IllegalArgumentException if a bound is negative, {@code base} is zero or greater than {@code max}, or
     *     {@code max} is more than a day
     */
    public RetryPolicy {
        if (maxRetries < 0
                || base.isNegative()
                || base.isZero()
                || base.compareTo(max) > 0
                || max.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a retry policy of " + maxRetries + " retries and pauses from " + base + " to " + max
                            + ": none may be negative, the first not zero nor longer than the longest, the longest a day");
        }
    }

    /**
     * {@return a policy that reports the first conflict}
     */
    public static RetryPolicy never() {
        return new RetryPolicy(0, DEFAULT.base, DEFAULT.max);
    }

    /** The pause before a retry, counted from 1, after an attempt that took so many nanoseconds. */
    Duration pauseBefore(int retry, long tookNanos) {
        if (retry <= AT_ONCE) {
            return Duration.ZERO;
        }
        long first = base.toNanos();
        long longest = new Backoff(base, max).after(retry - AT_ONCE).toNanos();
        long bound = tookNanos < first ? (long) ((double) tookNanos / first * longest) : longest;
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound + 1));
    }
}
