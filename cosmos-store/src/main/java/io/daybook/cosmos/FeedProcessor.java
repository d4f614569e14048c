package io.daybook.cosmos;

import com.azure.cosmos.ChangeFeedProcessor;
import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** The change feed processor of a subscription, which can be replaced until it is stopped. Thread-safe. */
final class FeedProcessor {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventFeed.class);
    /** The maximum duration of each request of a start. */
    static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);
    /** The maximum duration of a stop. */
    static final Duration LONGEST_STOP = STOP_TIMEOUT.plus(RELEASE_TIMEOUT);

    private final String name;
    private final Supplier<ChangeFeedProcessor> processors;
    private final LeaseRelease leases;
    private final Scheduler scheduler;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile ChangeFeedProcessor current;
    private volatile boolean stopping;
    private boolean stopped;

    /**
     * Creates the first processor.
     *
     * @param processors creates a processor that is not started
     * @param leases releases the leases of a processor that was stopped
     * @param scheduler the threads of the processors, which end when the last one was stopped
     */
    FeedProcessor(String name, Supplier<ChangeFeedProcessor> processors, LeaseRelease leases, Scheduler scheduler) {
        this.name = name;
        this.processors = processors;
        this.leases = leases;
        this.scheduler = scheduler;
        this.current = processors.get();
    }

    /** Starts the processor. Throws the SDK's exception, or an {@link IllegalStateException} after a timeout. */
    void start() {
        current.start().block(START_TIMEOUT);
    }

    boolean isStopping() {
        return stopping;
    }

    /** Replaces the processor by a new one, which takes the leases of the old one. Does nothing while another thread replaces or stops it. */
    void restart() {
        if (!changing.tryLock()) {
            return;
        }
        try {
            if (!stopping) {
                stopCurrent(CommandTimeout.after(LONGEST_STOP));
                current = processors.get();
                start();
            }
        } catch (RuntimeException e) {
            log.warn("restart of subscription failed and will be retried name={}", name, e);
        } finally {
            stopIfStopping(CommandTimeout.after(LONGEST_STOP)); // a stop does not wait longer than its timeout
            changing.unlock();
        }
    }

    /** Stops the processor once. A concurrent stop or restart is waited for, but not longer than the timeout. */
    void stop(CommandTimeout end) {
        stopping = true;
        boolean locked = false;
        try {
            locked = changing.tryLock(nanosLeft(end, LONGEST_STOP), TimeUnit.NANOSECONDS);
            if (locked) {
                stopIfStopping(end);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (locked) {
                changing.unlock();
            }
        }
    }

    private void stopIfStopping(CommandTimeout end) {
        if (stopping && !stopped) {
            stopped = true;
            try {
                stopCurrent(end);
            } finally {
                scheduler.disposeGracefully().subscribe(); // does not interrupt a handler that still runs
            }
        }
    }

    private static long nanosLeft(CommandTimeout end, Duration most) {
        return Collections.min(List.of(most, end.remaining().orElseThrow())).toNanos();
    }

    private void stopCurrent(CommandTimeout end) {
        try {
            if (current.isStarted()) {
                current.stop().block(Duration.ofNanos(nanosLeft(end, STOP_TIMEOUT)));
                Duration left = Duration.ofNanos(nanosLeft(end, RELEASE_TIMEOUT));
                if (!leases.await(left, left.dividedBy(2))) {
                    log.warn("leases not released in time, so others wait until they expire subscription={}", name);
                }
            }
        } catch (RuntimeException e) {
            // The leases stay with this instance until they expire. Then another instance takes them over.
            log.warn("subscription not stopped cleanly name={}", name, e);
        }
    }
}
