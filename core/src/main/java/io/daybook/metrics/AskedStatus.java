package io.daybook.metrics;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A status for meters, which a separate thread refreshes at most every 15 seconds and only while it is read.
 * Thread-safe.
 */
final class AskedStatus<T> {

    private static final long FRESH_NANOS = Duration.ofSeconds(15).toNanos();

    private final String name;
    private final Supplier<T> source;
    private final UnaryOperator<T> unknown;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile T known;
    private volatile long askedNanos = System.nanoTime() - FRESH_NANOS;

    /**
     * Creates the status without reading the source.
     *
     * @param name names the thread
     * @param source supplies the current status
     * @param unknown converts the last status to the one that is shown when the source fails
     * @param initial the status until the source is read for the first time
     */
    AskedStatus(String name, Supplier<T> source, UnaryOperator<T> unknown, T initial) {
        this.name = name;
        this.source = source;
        this.unknown = unknown;
        this.known = initial;
    }

    /** Reads the source in the calling thread. */
    T ask() {
        try {
            known = source.get();
        } catch (RuntimeException e) {
            known = unknown.apply(known);
        }
        askedNanos = System.nanoTime();
        return known;
    }

    /** Returns the last known status. */
    T last() {
        if (System.nanoTime() - askedNanos >= FRESH_NANOS && asking.compareAndSet(false, true)) {
            Thread thread = new Thread(this::askOnce, "daybook-metrics-" + name);
            thread.setDaemon(true);
            thread.start();
        }
        return known;
    }

    private void askOnce() {
        try {
            ask();
        } finally {
            asking.set(false);
        }
    }
}
