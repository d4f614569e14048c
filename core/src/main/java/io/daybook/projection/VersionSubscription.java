package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.EventInterceptor;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription of one version to the feed, under the name of the version. Its owner calls it in one thread. Any
 * thread may read the progress.
 */
final class VersionSubscription {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);

    private final EventFeed feed;
    private final boolean isShared;
    private final String name;
    private final EventHandler handler;
    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Subscription subscription;

    VersionSubscription(
            EventFeed feed, boolean isShared, String name, ProjectionRunner<?> runner, EventInterceptor interceptor) {
        this.feed = feed;
        this.isShared = isShared;
        this.name = name;
        this.handler = new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                List<EventMetadata> projected = runner.projected(events);
                if (!projected.isEmpty()) {
                    handling.add(Thread.currentThread());
                    try {
                        interceptor.intercept(name, projected, () -> runner.project(events));
                    } finally {
                        handling.remove(Thread.currentThread());
                    }
                }
            }

            @Override
            public void deleted(StreamId stream, long version) {
                runner.deleted(stream, version);
            }
        };
    }

    /** Starts following the feed, unless it already does. */
    void start(StartPosition start) {
        if (subscription == null) {
            subscription = feed.subscribe(name, start, handler);
        }
    }

    void stop() {
        Subscription following = subscription;
        subscription = null;
        if (following != null) {
            following.close();
        }
    }

    /** Returns whether the calling thread is handling events of this subscription. */
    boolean isHandling() {
        return handling.contains(Thread.currentThread());
    }

    /** Stops following, and deletes the position in the feed. */
    void forget() {
        stop();
        try {
            feed.forget(name);
        } catch (IllegalStateException | UnsupportedOperationException e) {
            log.info("position in the feed not deleted name={}", name, e); // more events are delivered than necessary
        }
    }

    boolean hasCaughtUp() {
        Subscription following = subscription;
        return following != null && following.hasCaughtUp();
    }

    /**
     * Returns whether the feed has caught up. Reads the current progress only if the status indicates that it has,
     * because a build may have to follow the feed for hours. A shared subscription is not asked: it has delivered to
     * this version since before the scan, it may wait for another version, and a broker does not know its end.
     */
    boolean endsFollowing() {
        Subscription following = subscription;
        return following != null && (isShared || (following.status().caughtUp() && following.hasCaughtUp()));
    }

    /** Returns the status, with the failure of the last step of the version if it failed. */
    SubscriptionStatus status(State withoutSubscription, String lastError) {
        Subscription following = subscription;
        SubscriptionStatus status =
                following == null ? SubscriptionStatus.of(withoutSubscription, -1, false, "") : following.status();
        return lastError.isEmpty() ? status : status.retrying(status.lag(), lastError);
    }
}
