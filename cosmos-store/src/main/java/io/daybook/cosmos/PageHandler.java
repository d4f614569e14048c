package io.daybook.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventEnvelope;
import io.daybook.subscription.EventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the pages of a change feed to a handler: in the order of each stream, one call at a time for each stream, again
 * after a failure. The pages of one physical partition come one after the other; those of several come side by side.
 */
final class PageHandler {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventFeed.class);
    private static final int STRIPES = 1_024;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long CHECKPOINT_MILLIS = 500;
    /** The SDK takes a lease away from whoever shows no progress for 25 renewals; the page is given back before. */
    private static final int RENEWALS = 15;

    private final String name;
    private final EventEnvelope.Decoder decoder;
    private final EventHandler handler;
    private final long patienceNanos;
    private final ReentrantLock[] stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);
    private final AtomicLong handled = new AtomicLong();
    private final ThreadLocal<Boolean> inHandler = ThreadLocal.withInitial(() -> false);
    private int underWay;
    private long lastReturnNanos = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
    private volatile boolean closing;
    private volatile String lastError = "";

    PageHandler(String name, EventEnvelope.Decoder decoder, EventHandler handler, Duration renewal) {
        this.name = name;
        this.decoder = decoder;
        this.handler = handler;
        this.patienceNanos = renewal.multipliedBy(RENEWALS).toNanos();
    }

    long handled() {
        return handled.get();
    }

    /** Whether events are with the handler, or wait for it. */
    synchronized boolean isBusy() {
        return underWay > 0;
    }

    String lastError() {
        return lastError;
    }

    /** Returns when the page was handled; throws if it was not, so that it comes again. */
    void handle(List<JsonNode> documents) {
        List<EventEnvelope> page;
        try {
            page = inOrder(documents);
        } catch (RuntimeException e) {
            lastError = String.valueOf(e.getMessage()); // the same page comes again, and the status says why
            throw e;
        }
        if (page.isEmpty()) {
            return; // only the documents of commands, of appends whose events came before
        }
        begin();
        List<ReentrantLock> locks = stripesOf(page);
        int held = 0;
        try {
            long end = System.nanoTime() + patienceNanos;
            for (ReentrantLock lock : locks) {
                if (!lock.tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException("an earlier call of the handler of " + name + " still runs");
                }
                held++;
            }
            untilHandled(page, end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the subscription " + name + " was interrupted", e);
        } finally {
            locks.subList(0, held).forEach(ReentrantLock::unlock);
            end();
        }
    }

    private void untilHandled(List<EventEnvelope> page, long end) throws InterruptedException {
        for (int failures = 0; ; ) {
            requireOpen();
            try {
                inHandler.set(true);
                handler.handle(page);
                handled.addAndGet(page.size());
                lastError = "";
                return;
            } catch (Throwable e) {
                // Whatever the user's handler throws, also an Error: the same events come again, and the status says
                // why.
                failures++;
                lastError = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
                log.warn("handler failed subscription={} events={} failures={}", name, page.size(), failures, e);
            } finally {
                inHandler.remove();
                Thread.interrupted(); // the thread is the SDK's, and what interrupts it here is the handler's own
                // affair
            }
            pause(Math.min(LONGEST_PAUSE_MILLIS, 10L << Math.min(failures, 10)));
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the handler of " + name + " failed for too long: " + lastError);
            }
        }
    }

    private void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(Math.min(50, millis));
        }
    }

    /** The service keeps an append together and the order of a partition, but not the order within an append. */
    private List<EventEnvelope> inOrder(List<JsonNode> documents) {
        Map<String, List<EventEnvelope>> streams = new LinkedHashMap<>();
        for (JsonNode document : documents) {
            if (document != null && EventDocuments.isEvent(document)) {
                streams.computeIfAbsent(document.path("streamId").asText(), stream -> new ArrayList<>())
                        .add(EventDocuments.envelope(document, decoder));
            }
        }
        Comparator<EventEnvelope> bySequence =
                Comparator.comparingLong(event -> event.metadata().sequenceNumber());
        return streams.values().stream()
                .flatMap(events -> events.stream().sorted(bySequence))
                .toList();
    }

    private List<ReentrantLock> stripesOf(List<EventEnvelope> page) {
        return page.stream()
                .map(event -> event.metadata().aggregateType() + "-"
                        + event.metadata().aggregateId())
                .map(stream -> Math.floorMod(stream.hashCode(), STRIPES))
                .distinct()
                .sorted() // all take them in this order, so nobody waits in a circle
                .map(stripe -> stripes[stripe])
                .toList();
    }

    private void requireOpen() {
        if (closing) {
            throw new IllegalStateException("the subscription " + name + " is closed");
        }
    }

    private synchronized void begin() {
        requireOpen();
        underWay++;
    }

    private synchronized void end() {
        underWay--;
        lastReturnNanos = System.nanoTime();
        notifyAll();
    }

    /** Lets the calls that are under way finish, and the SDK keep their progress. */
    void close() {
        if (inHandler.get()) {
            throw new IllegalStateException(
                    "the subscription " + name + " cannot be closed by its own handler: close it in another thread");
        }
        boolean interrupted = false;
        synchronized (this) {
            closing = true;
            while (underWay > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // the handler must not be left running unseen
                }
            }
        }
        long checkpointed = lastReturnNanos + TimeUnit.MILLISECONDS.toNanos(CHECKPOINT_MILLIS) - System.nanoTime();
        if (checkpointed > 0) {
            interrupted |= !sleep(TimeUnit.NANOSECONDS.toMillis(checkpointed));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread was not interrupted meanwhile. */
    static boolean sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
