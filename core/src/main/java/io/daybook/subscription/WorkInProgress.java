package io.daybook.subscription;

import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The work of a subscription that is in progress, for which {@link #close} waits. Thread-safe. */
final class WorkInProgress {

    private final CountDownLatch closing = new CountDownLatch(1);
    private int underWay;

    /** Begins work. Returns false if the subscription is closed. */
    synchronized boolean enter() {
        if (isClosing()) {
            return false;
        }
        underWay++;
        return true;
    }

    synchronized void leave() {
        underWay--;
        notifyAll();
    }

    synchronized boolean isBusy() {
        return underWay > 0;
    }

    boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Waits until the pause ends or the subscription is closed. Returns whether it was closed. */
    boolean awaitClose(Duration pause) throws InterruptedException {
        return closing.await(nanos(pause), TimeUnit.NANOSECONDS);
    }

    /** Lets no more work begin, and waits for the work in progress. Returns whether all of it has ended. */
    boolean close(Duration timeout) {
        closing.countDown();
        long end = System.nanoTime() + nanos(timeout);
        boolean interrupted = false;
        synchronized (this) {
            for (long left = end - System.nanoTime(); underWay > 0 && left > 0; left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !isBusy();
    }

    /** Limits the timeout, so that adding it to a time does not overflow. */
    private static long nanos(Duration timeout) {
        return CommandTimeout.after(timeout).remaining().orElseThrow().toNanos();
    }
}
