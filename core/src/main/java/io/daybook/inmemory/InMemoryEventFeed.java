package io.daybook.inmemory;

import io.daybook.event.TextRules;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An event feed that follows an {@link InMemoryEventStore}. The feed keeps the progress of each subscription name for
 * as long as this object exists. Only one of several subscriptions with the same name is active. When the active one is
 * closed, another one takes over. A subscription has caught up if and only if every stored event is handled or parked.
 * Thread-safe.
 */
public final class InMemoryEventFeed implements EventFeed {

    /** The progress of all subscriptions with one name. The one that holds the lease is active. */
    static final class Progress {
        final ReentrantLock lease = new ReentrantLock();
        final AtomicInteger position;
        final InMemoryParkedStreams parked;

        Progress(int position, InMemoryParkedStreams parked) {
            this.position = new AtomicInteger(position);
            this.parked = parked;
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
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
        TextRules.requireId("the subscription name", name);
        int from = options.start() == StartPosition.BEGINNING ? 0 : store.log().size();
        Progress progress = progressByName.computeIfAbsent(
                name, unseen -> new Progress(from, new InMemoryParkedStreams(store.log(), store.decoder())));
        InMemorySubscription subscription =
                new InMemorySubscription(name, store.log(), store.decoder(), progress, options, handler);
        subscription.start();
        return subscription;
    }

    @Override
    public void forget(String name) {
        TextRules.requireId("the subscription name", name);
        progressByName.computeIfPresent(name, (same, progress) -> {
            if (progress.lease.isLocked()) {
                throw new IllegalStateException(
                        "a subscription " + name + " is still open: close all subscriptions of that name first");
            }
            return null;
        });
    }
}
