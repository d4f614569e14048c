package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The messages of one session, or of an entity without sessions, that are here and not settled. Keeps their locks as long as
 * it is open. One thread takes and settles.
 */
final class Inbox extends BaseSubscriber<ServiceBusReceivedMessage> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(10); // locks last 30 seconds unless set otherwise
    private static final Duration SETTLE_BOUND = Duration.ofSeconds(15);
    private static final Duration GIVE_BACK_BOUND = Duration.ofSeconds(3);

    /** A message, or the end with its reason. */
    private record Arrival(
            @Nullable ServiceBusReceivedMessage message,
            @Nullable Throwable reason) {}

    private final ServiceBusReceiverAsyncClient receiver;
    private final boolean session;
    private final int window;
    private final Runnable release;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Set<ServiceBusReceivedMessage> held = ConcurrentHashMap.newKeySet();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean ended;
    private final Disposable renewal;

    Inbox(ServiceBusReceiverAsyncClient receiver, boolean session, int window, Runnable release) {
        this.receiver = receiver;
        this.session = session;
        this.window = window;
        this.release = release;
        this.renewal = Flux.interval(RENEW_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> renew())
                .subscribe();
        receiver.receiveMessages().subscribe(this);
    }

    private Mono<Void> renew() {
        Mono<Void> renewed = session
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

    /** Fails if the session was lost, so that what was taken is not this one's to handle any more. */
    void checkOpen() throws EndedException {
        if (ended) {
            throw new EndedException(null);
        }
    }

    boolean isOfSession() {
        return session;
    }

    /**
     * The messages that are here, at most as many as the window has; none if none came in time.
     *
     * @throws EndedException if no more will come
     */
    List<ServiceBusReceivedMessage> take(Duration patience) throws InterruptedException, EndedException {
        List<ServiceBusReceivedMessage> taken = new ArrayList<>();
        @Nullable Arrival next = arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Tells the broker that the messages were handled; fails if that did not come through. */
    void complete(List<ServiceBusReceivedMessage> messages) throws EndedException {
        settle(messages, Flux.fromIterable(messages).flatMap(receiver::complete).then());
    }

    void deadLetter(ServiceBusReceivedMessage message, String reason, String description) throws EndedException {
        settle(
                List.of(message),
                receiver.deadLetter(
                        message,
                        new DeadLetterOptions()
                                .setDeadLetterReason(reason)
                                .setDeadLetterErrorDescription(description)));
    }

    private void settle(List<ServiceBusReceivedMessage> messages, Mono<Void> settling) throws EndedException {
        // what was sent to a broker that is gone would be waited for until the bound
        boolean settled = Boolean.TRUE.equals(
                Mono.firstWithSignal(settling.thenReturn(true), end.asMono().then(Mono.just(false)))
                        .block(SETTLE_BOUND));
        if (!settled) {
            throw new EndedException(null);
        }
        held.removeAll(messages);
        request(messages.size());
    }

    /** Gives back what was not settled: it comes again, to whoever takes next. */
    @Override
    public void close() {
        renewal.dispose();
        cancel();
        try {
            if (!session && !held.isEmpty()) { // the lock of a session ends with its link, that of a message does not
                Flux.fromIterable(held).flatMap(receiver::abandon).then().block(GIVE_BACK_BOUND);
            }
        } catch (RuntimeException e) {
            log.info("messages not given back, they come when their locks expire entity={}", receiver.getEntityPath());
        } finally {
            release.run();
        }
    }

    /** No more messages will come. */
    static final class EndedException extends Exception {
        private static final long serialVersionUID = 1L;

        EndedException(@Nullable Throwable reason) {
            super(reason);
        }
    }
}
