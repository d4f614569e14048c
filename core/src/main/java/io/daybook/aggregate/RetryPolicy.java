package io.daybook.aggregate;

import io.daybook.eventstore.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A policy for retrying updates after conflicts with other writers, set with {@link AggregateRepository#retry AggregateRepository.retry}.
 * The first three retries are immediate. After that, the upper bound of the pause doubles from {@code base} up to {@code max}. The actual
 * pause is a random fraction of that bound, so that writers that collided once are unlikely to collide again. If an attempt takes less than
 * {@code base}, as with an in-memory store, all pauses are proportionally shorter.
 *
 * @param maxRetries the maximum number of retries, 0 or more; with 0, the first conflict is reported
 * @param base the upper bound of the first pause, more than zero
 * @param max the upper bound of every pause, at least {@code base} and at most one day
 */
public record RetryPolicy(int maxRetries, Duration base, Duration max) {

    private static final int AT_ONCE = 3;
    private static final Duration LONGEST = Duration.ofDays(1); // declared before DEFAULT, whose constructor needs it

    /** 20 retries. The first three are immediate. After that, the upper bound of the pause grows from 1 ms to 100 ms. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(20, Duration.ofMillis(1), Duration.ofMillis(100));

    /**
     * Validates the values.
     *
     * @param maxRetries the maximum number of retries
     * @param base the upper bound of the first pause
     * @param max the upper bound of every pause
     * @throws IllegalArgumentException if a value is negative, {@code base} is zero or greater than {@code max}, or {@code max} is more
     *     than one day
     */
    public RetryPolicy {
        if (maxRetries < 0) {
            throw new IllegalArgumentException("maxRetries is " + maxRetries + ": use 0 or more");
        }
        if (base.isNegative() || base.isZero()) {
            throw new IllegalArgumentException("base is " + base + ": use more than zero");
        }
        if (base.compareTo(max) > 0 || max.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "max is " + max + ": use at least base, " + base + ", and at most " + LONGEST);
        }
    }

    /**
     * {@return a policy without retries: the first conflict is reported}
     */
    public static RetryPolicy never() {
        return new RetryPolicy(0, DEFAULT.base, DEFAULT.max);
    }

    /**
     * Returns the pause before a retry. Retries are counted from 1. The pause depends on the duration of the last
     * attempt in nanoseconds.
     */
    Duration pauseBefore(int retry, long tookNanos) {
        long longest = new Backoff(base, max).after(retry - AT_ONCE).toNanos();
        double share = Math.min(1, (double) tookNanos / base.toNanos());
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong((long) (share * longest) + 1));
    }
}
