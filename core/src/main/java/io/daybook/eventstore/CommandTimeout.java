package io.daybook.eventstore;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timeout of a command. After it expires, the command is not started, retried or committed. A monotonic clock of
 * this process measures the timeout, so changes to the wall clock do not affect it. Immutable and thread-safe.
 *
 * <pre>{@code
 * CommandTimeout timeout = CommandTimeout.after(Duration.ofSeconds(5));
 * timeout.check("the append to Order-42"); // throws CommandTimeoutException if five seconds have passed
 * }</pre>
 */
public final class CommandTimeout {

    private static final CommandTimeout NONE = new CommandTimeout(null, 0, System::nanoTime);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final @Nullable Duration timeout;
    private final long atNanos;
    private final LongSupplier nanoClock;

    private CommandTimeout(@Nullable Duration timeout, long atNanos, LongSupplier nanoClock) {
        this.timeout = timeout;
        this.atNanos = atNanos;
        this.nanoClock = nanoClock;
    }

    /**
     * {@return a timeout that never expires}
     */
    public static CommandTimeout none() {
        return NONE;
    }

    /**
     * Creates a timeout that starts now.
     *
     * @param timeout the duration from now; if it is zero or less, the timeout has already expired; more than 365 days
     *     counts as 365 days
     * @return the timeout
     */
    public static CommandTimeout after(Duration timeout) {
        return after(timeout, System::nanoTime);
    }

    /**
     * Creates a timeout that starts now and uses the caller's clock. For tests.
     *
     * @param timeout the duration from now; if it is zero or less, the timeout has already expired; more than 365 days
     *     counts as 365 days
     * @param nanoClock a monotonic clock in nanoseconds, such as {@link System#nanoTime()}
     * @return the timeout
     */
    public static CommandTimeout after(Duration timeout, LongSupplier nanoClock) {
        Duration bounded = timeout.isNegative() ? Duration.ZERO : timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        return new CommandTimeout(bounded, nanoClock.getAsLong() + bounded.toNanos(), nanoClock);
    }

    /**
     * {@return whether the timeout has expired}
     */
    public boolean hasExpired() {
        return timeout != null && atNanos - nanoClock.getAsLong() <= 0;
    }

    /**
     * {@return the remaining time, zero if the timeout has expired; empty if there is no timeout}
     */
    public Optional<Duration> remaining() {
        return timeout == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, atNanos - nanoClock.getAsLong())));
    }

    /**
     * Throws if the timeout has expired.
     *
     * @param what the operation that would start now, such as {@code "the append to Order-42"}; part of the message
     * @throws CommandTimeoutException if the timeout has expired
     */
    public void check(String what) {
        if (timeout != null && hasExpired()) {
            throw new CommandTimeoutException(what, timeout);
        }
    }
}
