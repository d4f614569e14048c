package io.daybook.projection;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that takes the steps of a version, and pauses when there is nothing to do or a step has failed. */
final class VersionThread {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);
    private static final long IDLE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final VersionRunner version;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String lastError = "";

    VersionThread(String name, VersionRunner version) {
        this.version = version;
        this.thread = new Thread(this::run, "daybook-projection-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The failure of the last step; empty if it succeeded. */
    String lastError() {
        return lastError;
    }

    private void run() {
        long pause = 0;
        while (isOpenAfter(pause)) {
            try {
                pause = version.step() ? 0 : IDLE_MILLIS;
                lastError = "";
            } catch (Throwable e) {
                pause = Math.min(LONGEST_PAUSE_MILLIS, Math.max(IDLE_MILLIS, 2 * pause));
                lastError = e.toString();
                log.warn("projection step failed, will retry thread={}", thread.getName(), e);
            }
        }
    }

    private boolean isOpenAfter(long pause) {
        try {
            return !closing.await(pause, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true; // only close() ends the thread
        }
    }

    void close() {
        closing.countDown();
        version.close();
    }
}
