package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads a page of a scan and decodes its events, in the thread that comes first. Thread-safe. */
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
            read.events().forEach(this::decode);
            page.complete(read);
        } catch (Throwable e) {
            page.completeExceptionally(e);
        }
    }

    private void decode(EventEnvelope event) {
        if (target.isOf(event.metadata().aggregateType())) {
            try {
                event.event();
            } catch (RuntimeException | StackOverflowError e) {
                // it is decoded again when it is folded, where the failure parks the stream
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
