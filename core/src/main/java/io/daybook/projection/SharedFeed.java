package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of a feed for all versions of a projector. Events count as handled when every version has handled them. A version that
 * fails does not keep the others from handling the events; they skip them when they are redelivered. Thread-safe.
 */
final class SharedFeed implements EventFeed, AutoCloseable {

    /** What is done with the handler of each version. */
    private interface Delivery {
        void to(EventHandler handler) throws Exception;
    }

    private final EventFeed feed;
    private final String name;
    private final Map<String, EventHandler> handlers = new ConcurrentHashMap<>();
    private volatile @Nullable Subscription subscription;

    SharedFeed(EventFeed feed, String name) {
        this.feed = feed;
        this.name = name;
    }

    /** Starts the subscription. What is delivered before a version follows the feed is retried until it does. */
    void open(List<VersionRunner> versions) {
        List<VersionRunner> all = List.copyOf(versions);
        subscription = feed.subscribe(name, StartPosition.BEGINNING, new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) throws Exception {
                deliver(all, handler -> handler.handle(events));
            }

            @Override
            public void deleted(StreamId stream, long version) throws Exception {
                deliver(all, handler -> handler.deleted(stream, version));
            }
        });
    }

    private void deliver(List<VersionRunner> versions, Delivery delivery) throws Exception {
        Exception failure = null;
        for (VersionRunner version : versions) {
            try {
                if (version.isDropped()) {
                    continue;
                }
                EventHandler handler = handlers.get(version.id());
                if (handler == null) {
                    throw new ReadModelUnavailableException(
                            "the read model " + version.id() + " does not follow the subscription " + name
                                    + " yet: the events are retried",
                            null,
                            null);
                }
                delivery.to(handler);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Subscription subscribe(String version, SubscriptionOptions options, EventHandler handler) {
        handlers.put(version, handler);
        return new Member(version);
    }

    @Override
    public void forget(String version) {
        throw new UnsupportedOperationException("the position of " + name + " is shared by all projections");
    }

    /** Ends the delivery to all versions at once, because events that only some of them get would count as handled. */
    @Override
    public void close() {
        Subscription open = subscription;
        if (open != null) {
            open.close();
        }
    }

    /** The part of one version in the subscription. */
    private final class Member implements Subscription {
        private final String version;

        Member(String version) {
            this.version = version;
        }

        @Override
        public SubscriptionStatus status() {
            Subscription open = subscription;
            return open == null ? SubscriptionStatus.of(State.WAITING, -1, false, "") : open.status();
        }

        @Override
        public boolean hasCaughtUp() {
            Subscription open = subscription;
            return open != null && open.hasCaughtUp();
        }

        @Override
        public List<ParkedStream> parked() {
            return List.of();
        }

        @Override
        public int retryParked() {
            return 0;
        }

        @Override
        public void close() {
            handlers.remove(version);
        }

        @Override
        public boolean close(Duration timeout) {
            close();
            return true;
        }
    }
}
