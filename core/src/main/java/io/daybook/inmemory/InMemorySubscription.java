package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.PageDelivery;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription that delivers the pages of a log in a dedicated thread. */
final class InMemorySubscription implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(InMemoryEventFeed.class);
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    static final int PAGE_EVENTS = 100;
    private static final long IDLE_MILLIS = 50;

    private final String name;
    private final TransactionLog events;
    private final EventEnvelope.Decoder decoder;
    private final InMemoryEventFeed.Progress progress;
    private final DeliveryLoop loop;
    private final Thread thread;
    private volatile boolean leads;

    InMemorySubscription(
            String name,
            TransactionLog events,
            EventEnvelope.Decoder decoder,
            InMemoryEventFeed.Progress progress,
            SubscriptionOptions options,
            EventHandler handler) {
        this.name = name;
        this.events = events;
        this.decoder = decoder;
        this.progress = progress;
        this.loop = DeliveryLoop.parking(name, options.failurePolicy(), handler, progress.parked, Clock.systemUTC());
        this.thread = new Thread(this::run, "daybook-subscription-" + name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public SubscriptionStatus status() {
        long lag = events.lagFrom(progress.position.get());
        State state = progress.lease.isLocked() && !leads ? State.WAITING : State.RUNNING;
        return loop.status(state, lag, lag == 0);
    }

    @Override
    public List<ParkedStream> parked() {
        return loop.parked();
    }

    @Override
    public int retryParked() {
        return loop.retryParked();
    }

    @Override
    public void close() {
        close(FOREVER);
    }

    @Override
    public boolean close(Duration timeout) {
        return loop.close(timeout);
    }

    private void run() {
        while (loop.enter()) {
            try {
                takeTurn();
            } catch (InterruptedException e) {
                log.warn("subscription interrupted name={}", name); // only close() ends the loop
            } finally {
                loop.leave();
            }
        }
    }

    private void takeTurn() throws InterruptedException {
        if (progress.lease.tryLock(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
            leads = true;
            try {
                work();
            } finally {
                leads = false;
                progress.lease.unlock();
            }
        }
    }

    private void work() throws InterruptedException {
        while (!loop.isClosing()) {
            int position = progress.position.get();
            List<List<StoredEvent>> page = events.page(position, PAGE_EVENTS);
            if (page.isEmpty()) {
                events.await(position, IDLE_MILLIS);
            } else {
                int end = position + page.size();
                PageDelivery delivery = loop.page(events, envelopes(page), events.deletions(position, end));
                if (loop.deliver(delivery, FOREVER, this::isStored)) {
                    progress.position.set(end);
                }
            }
        }
    }

    private List<List<EventEnvelope>> envelopes(List<List<StoredEvent>> page) {
        return page.stream()
                .map(append ->
                        append.stream().map(event -> event.envelope(decoder)).toList())
                .toList();
    }

    /** Returns whether the stream still exists: it may have been deleted while its handler failed. */
    private boolean isStored(StreamId stream) {
        return !events.of(stream).isEmpty();
    }
}
