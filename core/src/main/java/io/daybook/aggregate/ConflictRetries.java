package io.daybook.aggregate;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.ConcurrencyException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The retries of one update after conflicts. Confined to one thread. */
final class ConflictRetries {

    private final RetryPolicy policy;
    private final CommandTimeout timeout;
    private long attemptStartNanos = System.nanoTime();
    private int count;
    private @Nullable ConcurrencyException lastConflict;

    ConflictRetries(RetryPolicy policy, CommandTimeout timeout) {
        this.policy = policy;
        this.timeout = timeout;
    }

    /** Adds a conflict, which keeps the one before it as a suppressed exception. */
    void add(ConcurrencyException conflict) {
        if (lastConflict != null && lastConflict != conflict) {
            conflict.addSuppressed(lastConflict);
        }
        lastConflict = conflict;
    }

    /** Waits before the next retry, in proportion to the time of the last attempt, or throws the conflict if there is none. */
    void awaitNext(ConcurrencyException conflict) {
        if (count == policy.maxRetries()) {
            throw conflict;
        }
        count++;
        pause(policy.pauseBefore(count, System.nanoTime() - attemptStartNanos), conflict);
        attemptStartNanos = System.nanoTime();
    }

    private void pause(Duration pause, ConcurrencyException conflict) {
        Duration remaining = timeout.remaining().orElse(pause);
        long end = System.nanoTime() + Math.min(pause.toNanos(), remaining.toNanos());
        while (end - System.nanoTime() > 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw conflict; // the interrupting thread wants this one to stop; the flag stays set
            }
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    int count() {
        return count;
    }
}
