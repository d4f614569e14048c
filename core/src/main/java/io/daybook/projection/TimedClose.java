package io.daybook.projection;

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
        FutureTask<Boolean> closing = new FutureTask<>(close, true);
        Thread thread = new Thread(closing, threadName);
        thread.setDaemon(true);
        thread.start();
        try {
            return closing.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }
}
