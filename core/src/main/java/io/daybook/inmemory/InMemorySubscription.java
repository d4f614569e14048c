package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands page after page of a log to a handler, in a thread of its own. */
final class InMemorySubscription implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(InMemoryEventFeed.class);
    private static final int PAGE_EVENTS = 100;
    private static final long IDLE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final String name;
    private final TransactionLog events;
    private final EventEnvelope.Decoder decoder;
    private final InMemoryEventFeed.Progress progress;
    private final EventHandler handler;
    private final Thread thread;
    private final AtomicLong handled = new AtomicLong();
    private volatile boolean closing;
    private volatile State state = State.RUNNING;
    private volatile String lastError = "";

    InMemorySubscription(
            String name,
            TransactionLog events,
            EventEnvelope.Decoder decoder,
            InMemoryEventFeed.Progress progress,
            EventHandler handler) {
        this.name = name;
        this.events = events;
        this.decoder = decoder;
        this.progress = progress;
        this.handler = handler;
        this.thread = new Thread(this::run, "daybook-subscription-" + name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public SubscriptionStatus status() {
        return new SubscriptionStatus(state, handled.get(), events.eventsFrom(progress.position.get()), lastError);
    }

    @Override
    public void close() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(
                    "the subscription " + name + " cannot be closed by its own handler: close it in another thread");
        }
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the handler must not be left running unseen; the flag is restored below
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                try {
                    takeTurn();
                } catch (InterruptedException e) {
                    log.warn("subscription interrupted name={}", name); // only close() ends it
                }
            }
        } finally {
            state = State.STOPPED;
        }
    }

    private void takeTurn() throws InterruptedException {
        if (progress.lease.tryLock(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                work();
            } finally {
                progress.lease.unlock();
            }
        }
    }

    private void work() throws InterruptedException {
        int failures = 0;
        while (!closing) {
            int position = progress.position.get();
            List<List<StoredEvent>> page = events.page(position, PAGE_EVENTS);
            if (page.isEmpty()) {
                events.await(position, IDLE_MILLIS);
            } else if (handle(page)) {
                progress.position.set(position + page.size());
                failures = 0;
            } else {
                failures++;
                pause(Math.min(LONGEST_PAUSE_MILLIS, 10L << Math.min(failures, 10)));
            }
        }
    }

    private boolean handle(List<List<StoredEvent>> page) {
        List<EventEnvelope> envelopes = page.stream()
                .flatMap(List::stream)
                .map(event -> event.envelope(decoder))
                .toList();
        try {
            if (!envelopes.isEmpty()) { // as it is where all of it was deleted
                handler.handle(envelopes);
            }
        } catch (Throwable e) {
            // Whatever the user's handler throws, also an Error or an InterruptedException: the events come again, and
            // the status says why. A subscription that ended here would stop unseen.
            String message = e.getMessage();
            lastError = message == null || message.isBlank() ? e.getClass().getName() : message;
            state = State.RETRYING;
            log.warn("handler failed subscription={} events={}", name, envelopes.size(), e);
            return false;
        } finally {
            Thread.interrupted(); // a flag that the handler left behind would end the next wait
        }
        handled.addAndGet(envelopes.size());
        state = State.RUNNING;
        lastError = "";
        return true;
    }

    private void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(Math.min(IDLE_MILLIS, millis));
        }
    }
}
