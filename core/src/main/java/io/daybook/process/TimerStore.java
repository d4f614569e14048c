package io.daybook.process;

import java.time.Instant;
import java.util.List;

/**
 * A store for the timers of process instances. SPI for databases and brokers.
 *
 * <pre>{@code
 * for (ProcessTimer timer : timers.due(Instant.now(), 100)) {
 *     System.out.println(timer.stream() + " has been due since " + timer.due());
 *     timers.remove(timer);
 * }
 * }</pre>
 *
 * <h2>The contract</h2>
 * The class {@code TimerStoreContract} in the package {@code io.daybook.contract} of this module's test jar tests the
 * contract. A timer is also recorded with its step in the process stream, and this record determines whether the timer
 * takes effect. A store may therefore report a timer as due more than once, late, or after its removal. It must not
 * lose a timer between {@link #set set} and {@link #remove remove}. The content of the store can be rebuilt from the
 * process streams with {@link ProcessRunner#restoreTimers}. A store may divide the timers among the instances of a
 * program, so that each timer is returned to only one of them.
 *
 * <p>Implementations must be thread-safe. Their methods throw
 * {@link io.daybook.eventstore.EventStoreUnavailableException} if the store cannot be reached.
 */
public interface TimerStore {

    /**
     * Stores a timer. Does nothing if a timer with the same key is already stored.
     *
     * @param timer the timer
     */
    void set(ProcessTimer timer);

    /**
     * Stores a timer that may have been lost. Called by {@link ProcessRunner#restoreTimers}. The default calls
     * {@link #set set}. If {@code set} skips timers that were set before, this method must store them again. A second
     * copy of a timer is harmless.
     *
     * @param timer the timer
     */
    default void restore(ProcessTimer timer) {
        set(timer);
    }

    /**
     * Removes a timer that has fired or was canceled. Does nothing if the timer is not stored.
     *
     * @param timer the timer
     */
    void remove(ProcessTimer timer);

    /**
     * Postpones a timer that cannot fire now. {@link #due} returns the timer again at the later time, with its original
     * due time. Does nothing if the timer is not stored.
     *
     * @param timer the timer, as {@link #due} returned it
     * @param until the later time, which is in the future
     */
    void postpone(ProcessTimer timer, Instant until);

    /**
     * Returns timers that are due. Other instances of the program may receive the same timers.
     *
     * @param now the current time; a timer that is due at exactly this time is included
     * @param max the maximum number of timers, 1 or more
     * @return the timers, earliest first
     * @throws IllegalArgumentException if {@code max} is less than 1
     */
    List<ProcessTimer> due(Instant now, int max);
}
