package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.models.AbandonOptions;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The received and unsettled messages of one session, or of an entity without sessions. Renews their locks until it is closed.
 *
 * <p>One thread takes and settles messages. An interrupt does not end its waits, since it may be meant for a handler that has returned. The
 * thread never calls the SDK itself: an interrupt would close the pipe to the connection, which other sessions share.
 */
final class MessageReceiver extends BaseSubscriber<ServiceBusReceivedMessage> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(10); // locks last 30 seconds unless configured
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ABANDON_TIMEOUT = Duration.ofSeconds(3);

    /** A message, or the end of the messages with its reason. */
    private record Arrival(
            @Nullable ServiceBusReceivedMessage message,
            @Nullable Throwable reason) {}

    private final ServiceBusReceiverAsyncClient receiver;
    private final String session;
    private final int window;
    private final Scheduler scheduler;
    private final Runnable release;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Set<ServiceBusReceivedMessage> held = ConcurrentHashMap.newKeySet();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private final Disposable renewal;
    private final CompletableFuture<Optional<ParkedPosition>> state;
    private volatile @Nullable ParkedPosition parked;
    private volatile boolean ended;

    private MessageReceiver(
            ServiceBusReceiverAsyncClient receiver,
            String session,
            int window,
            Scheduler scheduler,
            Runnable release,
            Consumer<Throwable> stateFailed) {
        this.receiver = receiver;
        this.session = session;
        this.window = window;
        this.scheduler = scheduler;
        this.release = release;
        this.renewal = Flux.interval(RENEW_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> renew())
                .subscribe();
        this.state = isOfSession()
                ? receiver.getSessionState()
                        .map(bytes -> bytes.length == 0
                                ? Optional.<ParkedPosition>empty()
                                : Optional.of(ParkedPosition.parse(bytes)))
                        .defaultIfEmpty(Optional.empty())
                        .timeout(ANSWER_TIMEOUT)
                        .doOnError(stateFailed)
                        .toFuture()
                : CompletableFuture.completedFuture(Optional.empty());
        receiver.receiveMessages().subscribe(this);
    }

    /**
     * Creates a receiver for an accepted session.
     *
     * @param release called once the receiver is closed
     * @param stateFailed called if the state of the session cannot be read
     */
    static MessageReceiver ofSession(
            ServiceBusReceiverAsyncClient receiver,
            int window,
            Scheduler scheduler,
            Runnable release,
            Consumer<Throwable> stateFailed) {
        return new MessageReceiver(receiver, receiver.getSessionId(), window, scheduler, release, stateFailed);
    }

    /** Creates a receiver for an entity without sessions; the release is called once it is closed. */
    static MessageReceiver ofEntity(
            ServiceBusReceiverAsyncClient receiver, int window, Scheduler scheduler, Runnable release) {
        return new MessageReceiver(receiver, "", window, scheduler, release, e -> {});
    }

    private Mono<Void> renew() {
        Mono<Void> renewed = isOfSession()
                ? receiver.renewSessionLock().then()
                : Flux.fromIterable(held).flatMap(receiver::renewMessageLock).then();
        return renewed.onErrorResume(e -> {
            log.info("lock not renewed, tried again entity={} reason={}", receiver.getEntityPath(), e.toString());
            return Mono.empty();
        });
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(window);
    }

    @Override
    protected void hookOnNext(ServiceBusReceivedMessage message) {
        held.add(message);
        arrivals.add(new Arrival(message, null));
    }

    @Override
    protected void hookOnComplete() {
        end(null);
    }

    @Override
    protected void hookOnError(Throwable reason) {
        end(reason);
    }

    private void end(@Nullable Throwable reason) {
        ended = true;
        arrivals.add(new Arrival(null, reason));
        end.tryEmitEmpty();
    }

    /** Throws if the session was lost, because another instance may have its messages. */
    void checkOpen() throws EndedException {
        if (ended) {
            throw new EndedException(null);
        }
    }

    boolean isOfSession() {
        return !session.isEmpty();
    }

    /** Returns the id of the session; empty for an entity without sessions. */
    String session() {
        return session;
    }

    /** Waits for the state of the session, which is requested along with its messages; fails if it cannot be read. */
    void awaitState() {
        parked = state.join().orElse(null);
    }

    /** Returns where the stream of the session is parked; null if it is not. */
    @Nullable
    ParkedPosition parked() {
        return parked;
    }

    /** Parks the stream of the session, for every instance that accepts the session from now on. */
    void park(ParkedPosition position) throws EndedException {
        await(receiver.setSessionState(position.toBytes()));
        parked = position;
    }

    void unpark() throws EndedException {
        await(clearState());
        parked = null;
    }

    @SuppressWarnings("NullAway") // the SDK clears the state when it gets null, and has no annotations
    private Mono<Void> clearState() {
        return receiver.setSessionState(null);
    }

    /**
     * Takes the messages that have arrived, at most as many as fit in the window; none if none arrives in time.
     *
     * @throws EndedException if no more will arrive
     */
    List<ServiceBusReceivedMessage> take(Duration timeout) throws EndedException {
        List<ServiceBusReceivedMessage> taken = new ArrayList<>();
        @Nullable Arrival next = poll(timeout);
        while (next != null && next.message() != null) {
            taken.add(next.message());
            next = taken.size() < window ? arrivals.poll() : null;
        }
        if (next != null && taken.isEmpty()) {
            throw new EndedException(next.reason());
        }
        if (next != null) {
            arrivals.add(next);
        }
        return taken;
    }

    private @Nullable Arrival poll(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return arrivals.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                log.debug("interrupt ignored entity={}", receiver.getEntityPath());
            }
        }
    }

    /** Completes handled messages. Throws if the broker did not confirm this. */
    void complete(List<ServiceBusReceivedMessage> messages) throws EndedException {
        settle(messages, Flux.fromIterable(messages).flatMap(receiver::complete).then());
    }

    void deadLetter(List<ServiceBusReceivedMessage> messages, DeadLetterOptions options) throws EndedException {
        settle(
                messages,
                Flux.fromIterable(messages)
                        .concatMap(message -> receiver.deadLetter(message, options))
                        .then());
    }

    /** Abandons a message and modifies its properties. */
    void abandon(ServiceBusReceivedMessage message, Map<String, Object> properties) throws EndedException {
        settle(List.of(message), receiver.abandon(message, new AbandonOptions().setPropertiesToModify(properties)));
    }

    private void settle(List<ServiceBusReceivedMessage> messages, Mono<Void> settlement) throws EndedException {
        await(settlement.doOnSuccess(settled -> {
            held.removeAll(messages);
            request(messages.size());
        }));
    }

    /** Waits for a response. The wait also ends when the session or the connection ends. */
    private void await(Mono<Void> question) throws EndedException {
        boolean answered = Mono.firstWithSignal(
                        SdkThread.call(scheduler, question.thenReturn(true)),
                        end.asMono().then(Mono.just(false)))
                .timeout(ANSWER_TIMEOUT)
                .toFuture()
                .join(); // which an interrupt does not end
        if (!answered) {
            throw new EndedException(null);
        }
    }

    /** Releases the unsettled messages, which the broker redelivers, and the connection. The release must not throw. */
    @Override
    public void close() {
        renewal.dispose();
        SdkThread.call(scheduler, Mono.fromRunnable(this::giveBack)).toFuture().join();
    }

    private void giveBack() {
        try {
            cancel();
            if (!isOfSession()
                    && !held.isEmpty()) { // the lock of a session ends with its link, that of a message does not
                Flux.fromIterable(held).flatMap(receiver::abandon).then().block(ABANDON_TIMEOUT);
            }
        } catch (RuntimeException e) {
            log.info("messages not abandoned, redelivered when their locks expire entity={}", receiver.getEntityPath());
        } finally {
            release.run();
        }
    }

    /** Thrown when no more messages will arrive. */
    static final class EndedException extends Exception {
        private static final long serialVersionUID = 1L;

        EndedException(@Nullable Throwable reason) {
            super(reason);
        }
    }
}
