package io.daybook.inmemory;

import io.daybook.event.TextRules;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Follows an {@link InMemoryEventStore}. The progress of each name is kept as long as this object. Of several
 * subscriptions with one name one works, and another takes over when it is closed. Safe for use by many threads.
 */
public final class InMemoryEventFeed implements EventFeed {

    /** How far the subscriptions of one name have come; whoever holds the lock works. */
    static final class Progress {
        final ReentrantLock lease = new ReentrantLock();
        final AtomicInteger position;

        Progress(int position) {
            this.position = new AtomicInteger(position);
        }
    }

    private final InMemoryEventStore store;
    private final ConcurrentMap<String, Progress> progressByName = new ConcurrentHashMap<>();

    /**
     * Creates a feed.
     *
     * @param store the store to follow
     */
    public InMemoryEventFeed(InMemoryEventStore store) {
        this.store = store;
    }

    @Override
    public Subscription subscribe(String name, StartPosition start, EventHandler handler) {
        TextRules.requireId("the subscription name", name);
        int from = start == StartPosition.BEGINNING ? 0 : store.log().size();
        Progress progress = progressByName.computeIfAbsent(name, unseen -> new Progress(from));
        InMemorySubscription subscription =
                new InMemorySubscription(name, store.log(), store.decoder(), progress, handler);
        subscription.start();
        return subscription;
    }
}
