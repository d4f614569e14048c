package io.daybook.cosmos;

import com.azure.cosmos.ChangeFeedProcessorBuilder;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.FeedProgress.LeaseLag;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A subscription that follows the change feed with one change feed processor of the SDK. */
final class CosmosSubscription implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventFeed.class);
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    /**
     * The handler of each partition occupies a thread while it runs, and some threads must remain to renew the leases.
     */
    private static final int THREADS = 256;

    private static final int IDLE_SECONDS = 60;
    /** The minimum time to release the leases, however little of the timeout of a close is left. */
    private static final Duration LEAST_STOP_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(5);
    /**
     * The number of polls after which the progress is read again; while the status is requested, it is read at least
     * every 30 seconds.
     */
    private static final int POLLS_PER_PROGRESS = 15;

    private static final Duration LONGEST_PROGRESS_AGE = Duration.ofSeconds(30);
    private static final String PROGRESS = "progress";
    private static final String STALL = "stall";

    /**
     * The progress at the last read.
     *
     * @param nanos the time at which the read began
     * @param pages the number of pages that had begun before the read
     * @param lag the number of changes that are not handled; -1 if unknown
     * @param ownsLease whether this instance owned a lease; also true if unknown
     * @param failures the number of consecutive failed reads
     */
    private record LastProgress(long nanos, long pages, long lag, boolean ownsLease, int failures) {}

    private final String name;
    private final String host;
    private final CosmosAsyncContainer events;
    private final CosmosAsyncContainer leases;
    private final String leasePrefix;
    private final DeliveryLoop loop;
    private final ChangeFeedHandler pages;
    private final Scheduler scheduler;
    private final FeedProcessor processor;
    private final StallDetector stall;
    private final long progressAgeNanos;
    private final ReentrantLock readingProgress = new ReentrantLock();
    private @Nullable FeedProgress progress;
    private volatile LastProgress last;

    CosmosSubscription(
            String name,
            String host,
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            ChangeFeedProcessorOptions options,
            EventEnvelope.Decoder decoder,
            DeliveryLoop loop,
            Duration stallTimeout) {
        this.name = name;
        this.host = host;
        this.events = events;
        this.leases = leases;
        this.leasePrefix = options.getLeasePrefix();
        this.loop = loop;
        this.progressAgeNanos = progressAge(options.getFeedPollDelay()).toNanos();
        this.last = new LastProgress(System.nanoTime() - progressAgeNanos, 0, -1, true, 0);
        this.scheduler =
                Schedulers.newBoundedElastic(THREADS, Integer.MAX_VALUE, "daybook-" + name, IDLE_SECONDS, true);
        this.pages = new ChangeFeedHandler(name, decoder, loop, options.getLeaseRenewInterval(), scheduler::schedule);
        this.stall = new StallDetector(stallTimeout);
        ChangeFeedProcessorBuilder processors = new ChangeFeedProcessorBuilder()
                .hostName(host)
                .feedContainer(events)
                .leaseContainer(leases)
                .options(options.setScheduler(scheduler))
                .handleLatestVersionChanges(pages::accept);
        try {
            this.processor = new FeedProcessor(
                    name, processors::buildChangeFeedProcessor, new LeaseRelease(leases, leasePrefix, host), scheduler);
        } catch (IllegalArgumentException e) {
            scheduler.dispose();
            throw new IllegalStateException(
                    "the client of the containers cannot store leases: build it with"
                            + " contentResponseOnWriteEnabled(true)",
                    e);
        }
    }

    private static Duration progressAge(Duration poll) {
        return poll.compareTo(LONGEST_PROGRESS_AGE) > 0
                ? LONGEST_PROGRESS_AGE
                : Collections.min(List.of(LONGEST_PROGRESS_AGE, poll.multipliedBy(POLLS_PER_PROGRESS)));
    }

    void start(StartPosition start) {
        try {
            processor.start();
            FeedProgress reading = new FeedProgress(events, leases, leasePrefix, eventsId(), pages.handled());
            if (start == StartPosition.NOW) {
                awaitTokens(reading);
            }
            progress = reading;
        } catch (RuntimeException e) {
            close();
            throw e instanceof EventStoreUnavailableException
                    ? e
                    : CosmosFailures.unavailable("starting the subscription " + name, e);
        }
    }

    private String eventsId() {
        return Objects.requireNonNull(events.read().block(FeedProcessor.START_TIMEOUT))
                .getProperties()
                .getResourceId();
    }

    /**
     * A subscription from "now" starts when a partition is first polled, so it has started when each lease has a token.
     */
    private void awaitTokens(FeedProgress reading) {
        long end = System.nanoTime() + FeedProcessor.START_TIMEOUT.toNanos();
        while (System.nanoTime() < end) {
            List<ObjectNode> all = reading.leases(FeedProcessor.START_TIMEOUT);
            if (!all.isEmpty() && all.stream().allMatch(FeedProgress::hasToken)) {
                return;
            }
            if (!ChangeFeedHandler.sleep(50)) {
                break;
            }
        }
        throw new EventStoreUnavailableException(
                "the subscription " + name + " has no position in the change feed yet: try again",
                Outcome.NOT_STORED,
                null,
                null);
    }

    @Override
    public SubscriptionStatus status() {
        CallingThread.requireMayBlock("the status of the subscription " + name);
        refreshProgress();
        pages.dropStaleFailures();
        LastProgress known = last;
        boolean busy = loop.isBusy();
        boolean isLatest = !busy && pages.begun() == known.pages();
        State state = known.ownsLease() || busy || !isLatest ? State.RUNNING : State.WAITING;
        long lag = known.lag() == 0 && busy ? 1 : known.lag();
        return loop.status(state, lag, lag == 0 && isLatest);
    }

    @Override
    public boolean hasCaughtUp() {
        CallingThread.requireMayBlock("the progress of the subscription " + name);
        long called = System.nanoTime();
        FeedProgress reading = progress;
        if (processor.isStopping() || reading == null) {
            return false;
        }
        readingProgress.lock();
        try {
            if (last.nanos() - called < 0) {
                last = readProgress(reading);
            }
            return last.lag() == 0;
        } finally {
            readingProgress.unlock();
        }
    }

    /** Reads the progress if it is old, in one thread at a time; the others do not wait. */
    private void refreshProgress() {
        FeedProgress reading = progress;
        if (processor.isStopping() || reading == null || !isOld() || !readingProgress.tryLock()) {
            return;
        }
        try {
            if (isOld()) {
                last = readProgress(reading);
            }
        } finally {
            readingProgress.unlock();
        }
    }

    private boolean isOld() {
        return System.nanoTime() - last.nanos() >= progressAgeNanos;
    }

    /**
     * One failed read does not change the state. From the second consecutive failure on, the feed counts as
     * disconnected.
     */
    private LastProgress readProgress(FeedProgress reading) {
        long begin = System.nanoTime();
        long begun = pages.begun();
        try {
            List<ObjectNode> all = reading.leases(PROGRESS_TIMEOUT);
            List<LeaseLag> lags = reading.lags(all, PROGRESS_TIMEOUT);
            loop.recovered(PROGRESS);
            restartIfStalled(begin, begun, lags);
            boolean owner = all.stream().anyMatch(lease -> FeedProgress.isOwnedBy(host, lease));
            return new LastProgress(begin, begun, FeedProgress.sum(lags), owner, 0);
        } catch (RuntimeException e) {
            int failures = last.failures() + 1;
            EventStoreUnavailableException failure = CosmosFailures.unavailable("reading the change feed", e);
            log.warn("progress not read subscription={} attempt={}", name, failures, failure);
            if (failures > 1) {
                loop.failed(PROGRESS, String.valueOf(failure.getMessage()));
            }
            return new LastProgress(begin, begun, -1, last.ownsLease(), failures);
        }
    }

    /**
     * Restarts the processor if it delivers nothing although changes follow a lease of this instance. The SDK may wait
     * for a response that never comes. Or a renewal took a lease again that was just released, so that no thread of
     * any instance follows it until it expires.
     */
    private void restartIfStalled(long nanos, long begun, List<LeaseLag> lags) {
        List<LeaseLag> waiting = lags.stream()
                .filter(each -> each.lag() > 0 && FeedProgress.isOwnedBy(host, each.lease()))
                .toList();
        boolean waits = !waiting.isEmpty() && !loop.isBusy();
        if (!waits || begun != last.pages()) {
            loop.recovered(STALL);
        }
        if (stall.isStalled(waits, begun, nanos)) {
            log.warn("change feed restarted because it delivered nothing subscription={} leases={}", name, waiting);
            loop.failed(STALL, "the change feed delivers nothing although there are changes, so it is being restarted");
            scheduler.schedule(processor::restart);
        }
    }

    @Override
    public List<ParkedStream> parked() {
        CallingThread.requireMayBlock("reading the parked streams of " + name);
        return loop.parked();
    }

    @Override
    public int retryParked() {
        CallingThread.requireMayBlock("retrying the parked streams of " + name);
        return loop.retryParked();
    }

    @Override
    public void close() {
        close(FOREVER);
    }

    @Override
    public boolean close(Duration timeout) {
        CallingThread.requireMayBlock("closing the subscription " + name);
        CommandTimeout end = CommandTimeout.after(timeout);
        boolean finished = pages.close(timeout);
        processor.stop(CommandTimeout.after(stopTimeout(end.remaining().orElseThrow())));
        return finished;
    }

    /** Returns how long stopping may take, given the time that is left of the timeout of a close. */
    static Duration stopTimeout(Duration left) {
        return Collections.min(List.of(FeedProcessor.LONGEST_STOP, Collections.max(List.of(left, LEAST_STOP_TIMEOUT))));
    }
}
