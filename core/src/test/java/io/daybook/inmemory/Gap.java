package io.daybook.inmemory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The gap between two steps of a broken store. It stays open until another thread comes in between, so that the fault shows
 * on a busy machine as well, and closes after a while where no other thread is.
 */
final class Gap {

    private static final int MOST_POLLS = 20_000;
    private static final int POLL_NANOS = 100_000;

    private final AtomicInteger inside = new AtomicInteger();

    /** Stays open until something is so. */
    static void until(BooleanSupplier overtaken) {
        for (int polls = 0; polls < MOST_POLLS && !overtaken.getAsBoolean(); polls++) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Stays open until another thread also enters it, or a condition holds. */
    void untilMetOr(BooleanSupplier overtaken) {
        int here = inside.incrementAndGet();
        until(() -> here > 1 || inside.get() > 1 || overtaken.getAsBoolean());
        inside.decrementAndGet();
    }
}
