package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery loop of one subscription, for implementations of {@link EventFeed}. It calls the handler, backs off
 * after failures, parks streams and tracks the status. The feed fetches pages and stores the progress.
 *
 * <pre>{@code
 * List<List<EventEnvelope>> appends = List.of(); // from the store
 * DeliveryLoop loop = DeliveryLoop.of("billing", FailurePolicy.retryForever(), handler);
 * PageDelivery page = loop.page("partition 1", appends, List.of());
 * boolean handled = loop.deliver(page, Duration.ofMinutes(1), stream -> true); // then store the progress
 * }</pre>
 *
 * <p>Thread-safe: threads may deliver pages of different streams concurrently.
 */
public final class DeliveryLoop {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);

    private final String name;
    private final EventHandler handler;
    private final StreamParker parker;
    private final LongAdder handled = new LongAdder();
    private volatile @Nullable Instant lastHandled;
    private final LongAdder failures = new LongAdder();
    private final Map<Object, String> errors = new LinkedHashMap<>();
    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private final WorkInProgress work = new WorkInProgress();
    private final Object retrying = new Object();
    private boolean failed;
    private volatile @Nullable Thread retryThread;
    private volatile boolean retryInterrupted;

    private DeliveryLoop(
            String name, FailurePolicy policy, EventHandler handler, @Nullable StreamParking parking, Clock clock) {
        this.name = name;
        this.handler = handler;
        this.parker = new StreamParker(name, policy, parking, clock);
    }

    /**
     * Creates the loop of a feed that cannot park streams.
     *
     * @param name the name of the subscription
     * @param policy the policy for failures of the handler
     * @param handler handles the events
     * @return the loop
     * @throws IllegalArgumentException if the policy parks streams
     */
    public static DeliveryLoop of(String name, FailurePolicy policy, EventHandler handler) {
        if (policy.parks()) {
            throw new IllegalArgumentException("this feed cannot park streams: use FailurePolicy.retryForever()");
        }
        return new DeliveryLoop(name, policy, handler, null, Clock.systemUTC());
    }

    /**
     * Creates the loop of a feed that can park streams. All instances with the same name should have the same policy.
     *
     * @param name the name of the subscription
     * @param policy the policy for failures of the handler; streams that are already parked remain parked under any
     *     policy
     * @param handler handles the events
     * @param parked the store for the parked streams of this name
     * @param clock the clock for the times at which streams are parked
     * @return the loop
     */
    public static DeliveryLoop parking(
            String name, FailurePolicy policy, EventHandler handler, ParkedStreamStore parked, Clock clock) {
        return new DeliveryLoop(name, policy, handler, new ParkedStreams(name, parked), clock);
    }

    /**
     * Creates the loop of a feed that implements its own parking and skips the events of parked streams itself.
     *
     * @param name the name of the subscription
     * @param policy the policy for failures of the handler
     * @param handler handles the events
     * @param parking parks the streams of this name
     * @param clock the clock for the times at which streams are parked
     * @return the loop
     */
    public static DeliveryLoop parking(
            String name, FailurePolicy policy, EventHandler handler, StreamParking parking, Clock clock) {
        return new DeliveryLoop(name, policy, handler, parking, clock);
    }

    /**
     * Begins a page. Nothing is delivered before {@link PageDelivery#step}.
     *
     * @param source identifies the origin of the page, such as a partition. The same value must be used when the page
     *     is redelivered. The status shows failures under this source until the page is done
     * @param appends the appends of the page, each with events of one stream in stream order. They are delivered in
     *     separate calls once a call with several of them has failed
     * @param deletions the deletions of streams, each delivered after all events of its stream in the page
     * @return the page
     */
    public PageDelivery page(
            Object source, Collection<List<EventEnvelope>> appends, Collection<DeletedStream> deletions) {
        return new PageDelivery(this, parker, source, appends, deletions);
    }

    /**
     * Delivers a page, and pauses between attempts.
     *
     * @param page the page
     * @param timeout the time after which this method gives up on the page; also limits the pauses between attempts
     * @param wanted returns whether the events of a stream should still be delivered; called before each further
     *     attempt
     * @return whether the page was delivered; if not, it must be delivered again
     * @throws InterruptedException if the thread was interrupted while it waited between attempts
     */
    public boolean deliver(PageDelivery page, Duration timeout, Predicate<StreamId> wanted)
            throws InterruptedException {
        CommandTimeout end = CommandTimeout.after(timeout);
        if (!enter()) {
            return false;
        }
        try {
            return deliver(page, end, wanted);
        } finally {
            leave();
        }
    }

    private boolean deliver(PageDelivery page, CommandTimeout end, Predicate<StreamId> wanted)
            throws InterruptedException {
        while (!isClosing()) {
            Duration pause = page.step().pause();
            if (page.isDone()) {
                return true;
            }
            Duration wait = Collections.min(List.of(pause, end.remaining().orElseThrow()));
            if (!wait.isZero()) {
                awaitClose(wait);
            }
            if (end.hasExpired()) {
                return false;
            }
            page.retain(wanted);
        }
        return false;
    }

    /**
     * Registers work that {@link #close close} waits for.
     *
     * @return whether the work may begin; false if the subscription is closed
     */
    public boolean enter() {
        return work.enter();
    }

    /** Ends work that {@link #enter} registered. */
    public void leave() {
        work.leave();
    }

    /**
     * {@return whether a page is being handled or is waiting for the handler}
     */
    public boolean isBusy() {
        return work.isBusy();
    }

    /**
     * Waits until the pause ends or the subscription is closed.
     *
     * @param pause the maximum time to wait
     * @return whether the subscription was closed during the pause
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean awaitClose(Duration pause) throws InterruptedException {
        return work.awaitClose(pause);
    }

    /**
     * {@return whether the subscription was closed. If so, nothing more is delivered}
     */
    public boolean isClosing() {
        return work.isClosing();
    }

    /**
     * Stops delivering, and waits for the calls in progress. An interrupt does not end the wait; the interrupt flag is
     * set again.
     *
     * @param timeout the maximum time to wait
     * @return whether all calls have returned
     * @throws IllegalStateException if the handler calls this method, because it would wait for itself
     */
    public boolean close(Duration timeout) {
        requireNotInHandler("close it");
        return work.close(timeout);
    }

    private void requireNotInHandler(String what) {
        if (handling.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    "the handler of the subscription " + name + " cannot " + what + ": do so from another thread");
        }
    }

    /**
     * Records a failure, which the status shows until {@link #recovered} is called for the same source.
     *
     * @param source the source that failed
     * @param error what is wrong
     */
    public synchronized void failed(Object source, String error) {
        errors.put(source, error);
    }

    /**
     * Clears the failure of a source.
     *
     * @param source the source that works again
     */
    public synchronized void recovered(Object source) {
        errors.remove(source);
    }

    /** Records that the subscription ended without being closed and will not deliver again. */
    public synchronized void died() {
        failed = true;
    }

    /**
     * Returns the status.
     *
     * @param state the state while nothing has failed: running or waiting
     * @param lag the number of events or appends that are not handled yet; -1 if unknown
     * @param caughtUp whether every event that was stored when the feed last read its progress is handled or parked
     * @return the status
     */
    public synchronized SubscriptionStatus status(State state, long lag, boolean caughtUp) {
        String error = errors.isEmpty() ? "" : errors.values().iterator().next();
        State now = failed ? State.FAILED : isClosing() ? State.STOPPED : error.isEmpty() ? state : State.RETRYING;
        return new SubscriptionStatus(
                now, handled.sum(), failures.sum(), Optional.ofNullable(lastHandled), lag, caughtUp, error);
    }

    /**
     * {@return the parked streams}
     *
     * @throws EventStoreUnavailableException if they cannot be read
     */
    public List<ParkedStream> parked() {
        StreamParking streams = parker.parking();
        return streams == null ? List.of() : streams.parked();
    }

    /**
     * Delivers the events of all parked streams, and unparks each stream once its events have been handled. An
     * interrupt ends the retry after the call in progress; the interrupt flag is then set again.
     *
     * @return the number of streams that are no longer parked
     * @throws IllegalStateException if the handler calls this method, or the subscription is closed
     * @throws EventStoreUnavailableException if the parked streams cannot be read, or if the events of some of them
     *     cannot be read; the other streams were retried
     */
    public int retryParked() {
        requireNotInHandler("retry its parked streams");
        StreamParking streams = parker.parking();
        if (streams == null) {
            return 0;
        }
        synchronized (retrying) {
            if (!enter()) {
                throw new IllegalStateException("the subscription " + name + " is closed: subscribe again");
            }
            retryInterrupted = Thread.interrupted();
            retryThread = Thread.currentThread();
            try {
                return streams.retry(this);
            } finally {
                retryThread = null;
                leave();
                if (retryInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /**
     * {@return whether a retry of parked streams must end because the subscription was closed or the retrying thread
     * was interrupted}
     */
    public boolean isRetryCanceled() {
        return isClosing() || retryInterrupted;
    }

    /**
     * Calls the handler once, outside of a page, for example with the events of a parked stream.
     *
     * @param events events of one stream, in stream order
     * @return the exception or error that the handler threw; empty if the events are handled
     */
    public Optional<Throwable> call(List<EventEnvelope> events) {
        Optional<Throwable> failure = calling(() -> handler.handle(events));
        if (failure.isEmpty()) {
            handled.add(events.size());
            lastHandled = events.get(events.size() - 1).metadata().timestamp();
        }
        return failure;
    }

    /**
     * Calls the handler once with a deletion, outside of a page.
     *
     * @param deletion the deletion, after all events of its stream
     * @return the exception or error that the handler threw; empty if the deletion is handled
     */
    public Optional<Throwable> call(DeletedStream deletion) {
        return calling(() -> handler.deleted(deletion.stream(), deletion.version()));
    }

    Optional<Throwable> call(DeliveryItem item) {
        Optional<Throwable> failure = item.deletion() == null ? call(item.events()) : call(item.deletion());
        if (failure.isEmpty()) {
            parker.forget(item);
        }
        return failure;
    }

    private interface Call {
        void run() throws Exception;
    }

    private Optional<Throwable> calling(Call call) {
        Thread thread = Thread.currentThread();
        handling.add(thread);
        Optional<Throwable> failure = failureOf(call);
        handling.remove(thread);
        // A flag that the handler left behind would end the next wait.
        boolean interrupted = Thread.interrupted()
                || failure.filter(InterruptedException.class::isInstance).isPresent();
        if (interrupted && thread.equals(retryThread)) {
            retryInterrupted = true;
        }
        if (failure.isEmpty()) {
            parker.succeeded();
        } else {
            failures.increment();
        }
        return failure;
    }

    private static Optional<Throwable> failureOf(Call call) {
        try {
            call.run();
            return Optional.empty();
        } catch (Throwable e) { // of any class: the handler is the user's code
            return Optional.of(e);
        }
    }

    void logFailure(String what, Throwable failure) {
        if (failure instanceof InterruptedException) { // for example, the service is shutting down
            log.info(
                    "handler interrupted, events will be redelivered subscription={} {} reason=\"{}\"",
                    name,
                    what,
                    failure.getMessage());
            return;
        }
        log.warn("handler failed subscription={} {}", name, what, failure);
    }
}
