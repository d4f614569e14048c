package io.daybook.cosmos;

import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.DeliveryLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * The handler of a change feed. Delivers its pages so that each stream stays in order, and one page of a stream at a
 * time. The pages of one physical partition arrive one after the other; those of different partitions arrive in
 * parallel.
 */
final class ChangeFeedHandler {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventFeed.class);
    private static final long CHECKPOINT_MILLIS = 500;
    /**
     * The SDK takes a lease away from an instance that has made no progress for 25 renewals. The page is returned
     * before that.
     */
    private static final int RENEWALS = 15;
    /** A page that was returned is redelivered within this many renewals, unless another instance owns it. */
    private static final int REDELIVERY = 4;
    /** The longest time for which a thread of the SDK's timers waits for another thread to handle a page. */
    private static final long HANDOVER_SECONDS = 2;

    private final String name;
    private final EventEnvelope.Decoder decoder;
    private final DeliveryLoop loop;
    private final long renewalNanos;
    private final Executor executor;
    private final BusyStreams busy = new BusyStreams();
    /** The pages that were not handled, and the time until which each is redelivered if it still exists. */
    private final Map<String, Long> unhandled = new ConcurrentHashMap<>();

    private final HandledChanges handled = new HandledChanges();
    private final LongAdder begun = new LongAdder();
    private volatile long lastReturnNanos = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

    ChangeFeedHandler(
            String name, EventEnvelope.Decoder decoder, DeliveryLoop loop, Duration renewal, Executor executor) {
        this.name = name;
        this.decoder = decoder;
        this.loop = loop;
        this.renewalNanos = renewal.toNanos();
        this.executor = executor;
    }

    /**
     * Handles a page on a thread that may block. If a response arrives while the SDK still sends its request, the SDK calls the
     * handler on a thread of its timers. There, every operation of the handler would be rejected.
     */
    void accept(List<ChangeFeedProcessorItem> items) {
        if (!Schedulers.isInNonBlockingThread()) {
            handle(items);
            return;
        }
        try {
            CompletableFuture.runAsync(() -> handle(items), executor).get(HANDOVER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the page of the subscription " + name + " was not handled", e.getCause());
        } catch (TimeoutException e) {
            // the timers of all subscriptions need the thread; the redelivered page waits for this one
            throw new IllegalStateException("a page of the subscription " + name + " is still being handled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the subscription " + name + " was interrupted", e);
        }
    }

    /** Returns when the page was handled. Throws if it was not, so that the SDK redelivers it. */
    void handle(List<ChangeFeedProcessorItem> items) {
        begun.increment();
        String page = nameOf(items);
        ChangeFeedPage read;
        try {
            read = ChangeFeedPage.of(name, items, decoder);
        } catch (RuntimeException e) {
            log.warn("page of the change feed not read subscription={} first={}", name, page, e);
            loop.failed(page, String.valueOf(e.getMessage()));
            expectAgain(page);
            throw e;
        }
        if (read.isEmpty()) {
            handled(page, items); // it contains only documents that are not delivered, such as those of commands
            return;
        }
        if (!loop.enter()) {
            throw closed();
        }
        Set<StreamId> streams = read.streams().collect(Collectors.toSet());
        boolean begins = false;
        try {
            long end = System.nanoTime() + RENEWALS * renewalNanos;
            begins = busy.begin(streams, RENEWALS * renewalNanos);
            if (!begins) {
                throw new IllegalStateException(
                        "an earlier call of the handler of the subscription " + name + " still runs");
            }
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (!loop.deliver(loop.page(page, read.appends(), read.deletions()), left, stream -> true)) {
                expectAgain(page);
                throw loop.isClosing()
                        ? closed()
                        : new IllegalStateException("the handler of the subscription " + name + " failed for too long");
            }
            handled(page, items);
        } catch (InterruptedException e) {
            expectAgain(page); // perhaps by another instance, which then counts the failures of the page
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the subscription " + name + " was interrupted", e);
        } finally {
            if (begins) {
                busy.end(streams);
            }
            lastReturnNanos = System.nanoTime();
            loop.leave();
        }
    }

    /** Returns how many pages have arrived from the change feed. */
    long begun() {
        return begun.sum();
    }

    /** Returns the changes that were handled last. */
    HandledChanges handled() {
        return handled;
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the subscription " + name + " is closed");
    }

    /** Names a page by its first document, which is the same when the page is redelivered. */
    private static String nameOf(List<ChangeFeedProcessorItem> items) {
        JsonNode first = items.isEmpty() ? null : items.get(0).getCurrent();
        return first == null
                ? "page without documents"
                : first.path("streamId").asText() + "/" + first.path("id").asText();
    }

    private void expectAgain(String page) {
        dropStaleFailures(); // even if nothing asks for the status
        unhandled.put(page, System.nanoTime() + REDELIVERY * renewalNanos);
    }

    private void handled(String page, List<ChangeFeedProcessorItem> items) {
        handled.add(items.stream().map(ChangeFeedProcessorItem::getCurrent).toList());
        unhandled.remove(page);
        loop.recovered(page);
    }

    /** Forgets the failures of pages that were not redelivered in time. */
    void dropStaleFailures() {
        unhandled.forEach((other, latest) -> {
            if (System.nanoTime() > latest && unhandled.remove(other, latest)) {
                loop.recovered(other);
            }
        });
    }

    /**
     * Waits until running calls have returned and the SDK has stored their progress. Returns whether they have
     * returned.
     */
    boolean close(Duration timeout) {
        boolean finished = loop.close(timeout);
        long checkpointed = lastReturnNanos + TimeUnit.MILLISECONDS.toNanos(CHECKPOINT_MILLIS) - System.nanoTime();
        if (checkpointed > 0) {
            sleep(TimeUnit.NANOSECONDS.toMillis(checkpointed));
        }
        return finished;
    }

    /** Sleeps. Returns whether the thread was not interrupted. */
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
