package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.subscription.FailurePolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A read of one page of a scan, which decodes its events. The thread that comes first reads. Thread-safe. */
final class PageRead implements Runnable {

    private final EventStore store;
    private final ScanTarget target;
    private final String range;
    private final String after;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<ScanPage> page = new CompletableFuture<>();

    PageRead(EventStore store, ScanTarget target, String range, String after) {
        this.store = store;
        this.target = target;
        this.range = range;
        this.after = after;
    }

    /** Reads the page, unless another thread does. A failure is thrown by {@link #page}. */
    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            ScanPage read = store.scan(range, after);
            decode(read);
            page.complete(read);
        } catch (Throwable e) {
            page.completeExceptionally(e);
        }
    }

    /** Decodes events. Those that cannot be decoded are decoded again when they are folded, and fail there. */
    private void decode(ScanPage read) {
        for (EventEnvelope event : read.events()) {
            if (target.isOf(event.metadata().aggregateType())) {
                try {
                    event.event();
                } catch (RuntimeException | StackOverflowError e) {
                    if (!FailurePolicy.isOfEvent(e)) {
                        return; // such as a key store that does not answer, which would cost a timeout for each event
                    }
                }
            }
        }
    }

    /** Returns the page. If no thread has begun to read it, this one does. */
    ScanPage page() {
        run();
        try {
            return page.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }
}
