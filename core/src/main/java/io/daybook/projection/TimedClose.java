package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Closes a service in another thread, so that the caller waits no longer than a timeout. */
final class TimedClose {

    private TimedClose() {}

    /** Returns whether the service was closed in time. If not, it continues to close. */
    static boolean run(Runnable close, String threadName, Duration timeout) {
        CommandTimeout end = CommandTimeout.after(timeout);
        FutureTask<Boolean> closing = new FutureTask<>(close, true);
        Thread thread = new Thread(closing, threadName);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return closing.get(end.remaining().orElseThrow().toNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true; // an interrupt does not end the wait
                }
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
