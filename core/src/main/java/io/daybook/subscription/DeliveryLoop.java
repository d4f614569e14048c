package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery loop of one subscription, for implementations of {@link EventFeed}: calls the handler, backs off, parks streams, and knows
 * the status. The feed fetches pages and keeps the progress.
 *
 * <pre>{@code
 * List<List<EventEnvelope>> appends = List.of(); // from the store
 * DeliveryLoop loop = DeliveryLoop.of("billing", FailurePolicy.retryForever(), handler);
 * boolean handled = loop.deliver(loop.page("partition 1", appends), page -> true); // then keep the progress
 * }</pre>
 *
 * <p>Safe for use by many threads, which deliver pages of different streams side by side.
 */
public final class DeliveryLoop {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final int PARKED_IN_A_ROW = 20;

    private final String name;
    private final FailurePolicy policy;
    private final EventHandler handler;
    private final @Nullable StreamParking parking;
    private final Clock clock;
    private final LongAdder handled = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final FailedAttempts attempts = new FailedAttempts();
    private final Map<Object, String> errors = new LinkedHashMap<>();
    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Object retrying = new Object();
    private int underWay;
    private int givenUpInARow;
    private String firstGivenUp = "";
    private boolean failed;

    private DeliveryLoop(
            String name, FailurePolicy policy, EventHandler handler, @Nullable StreamParking parking, Clock clock) {
        this.name = name;
        this.policy = policy;
        this.handler = handler;
        this.parking = parking;
        this.clock = clock;
    }

    /**
     * Creates the loop of a feed that cannot park streams.
     *
     * @param name the name of the subscription
     * @param policy what to do when the handler fails
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
     * Creates the loop of a feed that can park streams. All instances of a name should have the same policy.
     *
     * @param name the name of the subscription
     * @param policy what to do when the handler fails; streams that are parked already stay so under any policy
     * @param handler handles the events
     * @param parked keeps the parked streams of this name
     * @param clock tells when a stream was parked
     * @return the loop
     */
    public static DeliveryLoop parking(
            String name, FailurePolicy policy, EventHandler handler, ParkedStreamStore parked, Clock clock) {
        return new DeliveryLoop(name, policy, handler, new ParkedStreams(name, parked), clock);
    }

    /**
     * Creates the loop of a feed that keeps parked streams in its own way and passes over their events itself.
     *
     * @param name the name of the subscription
     * @param policy what to do when the handler fails
     * @param handler handles the events
     * @param parking keeps the parked streams of this name
     * @param clock tells when a stream was parked
     * @return the loop
     */
    public static DeliveryLoop parking(
            String name, FailurePolicy policy, EventHandler handler, StreamParking parking, Clock clock) {
        return new DeliveryLoop(name, policy, handler, parking, clock);
    }

    /**
     * Begins a page. Nothing is delivered before {@link PageDelivery#step}.
     *
     * @param source the origin of the page, such as a partition, or an id that is the same when the page is redelivered; under it the status shows the
     *     page's failures until the page is done
     * @param appends the events that are delivered in one call each, at the latest when a call has failed; each of one stream, in the order
     *     of the stream
     * @return the page
     */
    public PageDelivery page(Object source, Collection<List<EventEnvelope>> appends) {
        return new PageDelivery(this, source, appends);
    }

    /**
     * Delivers a page and waits between the attempts.
     *
     * @param page the page
     * @param goesOn asked before each further attempt; the page is given back when it answers no
     * @return whether the page was delivered; if not, it must be delivered again
     * @throws InterruptedException if the thread was interrupted while it waited, not by the handler
     */
    public boolean deliver(PageDelivery page, Predicate<PageDelivery> goesOn) throws InterruptedException {
        if (!enter()) {
            return false;
        }
        try {
            while (!isClosing()) {
                Duration pause = page.step().pause();
                if (page.isDone()) {
                    return true;
                }
                if (!pause.isZero() && awaitClose(pause)) {
                    return false;
                }
                if (!goesOn.test(page)) {
                    return false;
                }
            }
            return false;
        } finally {
            leave();
        }
    }

    /**
     * Registers work that a close waits for.
     *
     * @return whether it may begin; not if the subscription is closed
     */
    public synchronized boolean enter() {
        if (isClosing()) {
            return false;
        }
        underWay++;
        return true;
    }

    /** Ends work that {@link #enter} registered. */
    public synchronized void leave() {
        underWay--;
        notifyAll();
    }

    /**
     * {@return whether pages are with the handler, or wait for it}
     */
    public synchronized boolean isBusy() {
        return underWay > 0;
    }

    /**
     * Waits.
     *
     * @param pause the maximum time to wait
     * @return whether the subscription was closed during the pause
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean awaitClose(Duration pause) throws InterruptedException {
        return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * {@return whether the subscription was closed, so that nothing more is delivered}
     */
    public boolean isClosing() {
        return closing.getCount() == 0;
    }

    /**
     * Stops delivering, and waits for the calls in progress. An interrupt does not end the wait; its flag is set again.
     *
     * @param timeout how long to wait at most
     * @return whether all calls have returned
     * @throws IllegalStateException if it is called by the handler, which would wait for itself
     */
    public boolean close(Duration timeout) {
        requireNotInHandler("closed");
        closing.countDown();
        long end = System.nanoTime() + saturatedNanos(timeout);
        boolean interrupted = false;
        synchronized (this) {
            for (long left = end - System.nanoTime(); underWay > 0 && left > 0; left = end - System.nanoTime()) {
                try {
                    wait(left / 1_000_000 + 1);
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

    /** Half of the range, so that a time plus it does not overflow. */
    private static long saturatedNanos(Duration timeout) {
        long most = Long.MAX_VALUE / 2;
        return timeout.compareTo(Duration.ofNanos(most)) > 0 ? most : timeout.toNanos();
    }

    private void requireNotInHandler(String what) {
        if (handling.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    "the subscription " + name + " cannot be " + what + " by its own handler: do it in another thread");
        }
    }

    /**
     * Records a failure, which the status shows until {@link #recovered} is called for the same source.
     *
     * @param source what failed
     * @param error what is wrong
     */
    public synchronized void failed(Object source, String error) {
        errors.put(source, error);
    }

    /**
     * Forgets the failure of a source.
     *
     * @param source what works again
     */
    public synchronized void recovered(Object source) {
        errors.remove(source);
    }

    /** Records that the subscription ended without being closed, and does not deliver again. */
    public synchronized void died() {
        failed = true;
    }

    /**
     * Returns the status.
     *
     * @param state the state while nothing has failed: running or waiting
     * @param lag how many events are to be handled, -1 if that is not known
     * @param caughtUp whether every event that was stored when the feed last read its progress is handled or parked
     * @return the status
     */
    public synchronized SubscriptionStatus status(State state, long lag, boolean caughtUp) {
        String error = errors.isEmpty() ? "" : errors.values().iterator().next();
        State now = failed ? State.FAILED : isClosing() ? State.STOPPED : error.isEmpty() ? state : State.RETRYING;
        return new SubscriptionStatus(now, handled.sum(), failures.sum(), lag, caughtUp, error);
    }

    /**
     * {@return the parked streams}
     *
     * @throws EventStoreUnavailableException if they cannot be read
     */
    public List<ParkedStream> parked() {
        return parking == null ? List.of() : parking.parked();
    }

    /**
     * Delivers the events of all parked streams, and unparks each stream when its events are handled.
     *
     * @return how many streams are not parked any more
     * @throws IllegalStateException if it is called by the handler
     * @throws EventStoreUnavailableException if the parked streams cannot be read
     */
    public int retryParked() {
        requireNotInHandler("retried");
        StreamParking streams = parking;
        if (streams == null) {
            return 0;
        }
        synchronized (retrying) {
            if (!enter()) {
                throw new IllegalStateException("the subscription " + name + " is closed: subscribe again");
            }
            try {
                return streams.retry(this);
            } finally {
                leave();
            }
        }
    }

    /**
     * Delivers the deletion of a stream, after all of its events, and waits between the attempts.
     *
     * @param stream the stream
     * @param version the version that the stream had
     * @return whether it was delivered; if not, the subscription is closed, and it must be delivered again
     * @throws InterruptedException if the thread was interrupted while it waited, not by the handler
     */
    public boolean deliverDeletion(StreamId stream, long version) throws InterruptedException {
        if (!enter()) {
            return false;
        }
        try {
            for (int attempt = 1; !isClosing(); attempt++) {
                Optional<Throwable> failure = calling(() -> handler.deleted(stream, version));
                if (failure.isEmpty()) {
                    recovered(stream);
                    return true;
                }
                logFailure("deletion stream=" + stream, attempt, failure.get());
                failed(stream, "deletion of stream=" + stream + ", attempt " + attempt + ": " + failure.get());
                if (awaitClose(pauseAfter(attempt))) {
                    return false;
                }
            }
            return false;
        } finally {
            leave();
        }
    }

    /**
     * Calls the handler once, outside of a page, as for the events of a parked stream.
     *
     * @param events the events, of one stream and in its order
     * @return what the handler threw, also an error; empty if the events are handled
     */
    public Optional<Throwable> call(List<EventEnvelope> events) {
        Optional<Throwable> failure = calling(() -> handler.handle(events));
        if (failure.isEmpty()) {
            handled.add(events.size());
            attempts.forget(events);
            succeeded();
        }
        return failure;
    }

    private interface Call {
        void run() throws Exception;
    }

    private Optional<Throwable> calling(Call call) {
        Thread thread = Thread.currentThread();
        handling.add(thread);
        try {
            call.run();
            return Optional.empty();
        } catch (Throwable e) {
            failures.increment();
            return Optional.of(e);
        } finally {
            handling.remove(thread);
            Thread.interrupted(); // a flag that the handler left behind would end the next wait
        }
    }

    private synchronized void succeeded() {
        givenUpInARow = 0;
        firstGivenUp = "";
    }

    /** Whether a page may hold events of parked streams; a subscription that retries forever looks once. */
    boolean mayHaveParked() {
        return parking instanceof ParkedStreams streams && (policy.parks() || streams.mayHold());
    }

    /** Which of the streams of a page are parked. */
    Set<StreamId> passOver(Map<StreamId, Long> lastNumbers) {
        return parking instanceof ParkedStreams streams ? streams.passOver(lastNumbers) : Set.of();
    }

    Duration pauseAfter(int failuresInARow) {
        return policy.backoff().after(failuresInARow);
    }

    /** Counts a failed call for an append, and returns how often it has failed, also in earlier deliveries of its page. */
    int countAttempt(EventEnvelope first, int known) {
        return attempts.add(first, known);
    }

    /** Forgets the failed attempts of an append that is skipped. */
    void skipped(List<EventEnvelope> append) {
        attempts.forget(append);
    }

    boolean isParkable(Throwable failure, int attempts) {
        return policy.parks() && attempts >= policy.attempts() && isOfEvent(failure);
    }

    /** Whether the failure may be the event's, so that others would do better. */
    private static boolean isOfEvent(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 100; depth++) {
            if (each instanceof EventStoreUnavailableException
                    || each instanceof InterruptedException
                    || (each instanceof Error && !(each instanceof StackOverflowError))) {
                return false;
            }
            each = each.getCause();
        }
        return true;
    }

    /**
     * Parks a stream, unless too many are parked or a row of streams fails, which is a bug of the handler rather than of their events.
     *
     * @return why not; empty if it was parked
     */
    String park(EventEnvelope first, long lastNumber, Throwable failure, int attempts, String error) {
        synchronized (this) {
            firstGivenUp = firstGivenUp.isEmpty() ? error : firstGivenUp;
            if (givenUpInARow >= PARKED_IN_A_ROW - 1) {
                return PARKED_IN_A_ROW + " streams in a row failed, so no more are parked: fix the handler. The first: "
                        + firstGivenUp;
            }
        }
        return parkAgain(first, lastNumber, failure, attempts, error);
    }

    /** As {@link #park}, for a stream that may be parked already: it counts no more in a row than it did. */
    String parkAgain(EventEnvelope first, long lastNumber, Throwable failure, int attempts, String error) {
        StreamParking streams = Objects.requireNonNull(parking, "a policy that parks has a place for it");
        StreamId stream = streamOf(first);
        ParkedStream parking = new ParkedStream(
                stream,
                first.metadata().sequenceNumber(),
                first.metadata().eventId(),
                failure.getClass().getName(),
                clock.instant(),
                attempts,
                lastNumber);
        if (!streams.park(parking)) {
            return ParkedStreams.MAX + " streams are parked, so no more are: fix the handler and retry them. " + error;
        }
        this.attempts.forget(List.of(first));
        synchronized (this) {
            givenUpInARow++;
        }
        log.warn(
                "stream parked subscription={} {} type={}",
                name,
                parking,
                first.metadata().eventType(),
                failure);
        return "";
    }

    void logFailure(String event, int attempt, Throwable failure) {
        log.warn("handler failed subscription={} {} attempt={}", name, event, attempt, failure);
    }

    static StreamId streamOf(EventEnvelope event) {
        return StreamId.of(event.metadata().aggregateType(), event.metadata().aggregateId());
    }
}
