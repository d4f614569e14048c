package io.daybook.eventstore;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The point after which a command is neither started nor tried again nor committed. It is measured on a monotonic clock of this
 * process, so a wall clock that jumps does not move it. Immutable and safe for use by many threads.
 *
 * <pre>{@code
 * CommandTimeout timeout = CommandTimeout.after(Duration.ofSeconds(5));
 * timeout.check("the append to Order-42"); // throws CommandTimeoutException after five seconds
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
     * {@return a deadline that never passes}
     */
    public static CommandTimeout none() {
        return NONE;
    }

    /**
     * Starts to count now.
     *
     * @param timeout how long from now; zero or less has passed already, more than 365 days count as 365 days
     * @return the deadline
     */
    public static CommandTimeout after(Duration timeout) {
        return after(timeout, System::nanoTime);
    }

    /**
     * Starts to count now, on a clock of the caller's; for tests.
     *
     * @param timeout how long from now; zero or less has passed already, more than 365 days count as 365 days
     * @param nanoClock a monotonic clock in nanoseconds, as {@link System#nanoTime()}
     * @return the deadline
     */
    public static CommandTimeout after(Duration timeout, LongSupplier nanoClock) {
        Duration bounded = timeout.isNegative() ? Duration.ZERO : timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        return new CommandTimeout(bounded, nanoClock.getAsLong() + bounded.toNanos(), nanoClock);
    }

    /**
     * {@return whether the deadline has passed}
     */
    public boolean hasExpired() {
        return timeout != null && atNanos - nanoClock.getAsLong() <= 0;
    }

    /**
     * {@return the time left, zero if the deadline has passed; empty if there is no deadline}
     */
    public Optional<Duration> remaining() {
        return timeout == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, atNanos - nanoClock.getAsLong())));
    }

    /**
     * Refuses to go on after the deadline.
     *
     * @param what what would be started now, such as {@code "the append to Order-42"}; part of the message
     * @throws CommandTimeoutException if the deadline has passed
     */
    public void check(String what) {
        if (timeout != null && hasExpired()) {
            throw new CommandTimeoutException(what, timeout);
        }
    }
}
