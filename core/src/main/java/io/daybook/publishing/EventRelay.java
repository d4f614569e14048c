package io.daybook.publishing;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that publishes every stored event and every deletion of a stream. It reads events from a feed and counts
 * them as handled once the publisher's broker has acknowledged them. The events of a stream are published in order,
 * each at least once, followed by its deletion.
 *
 * <pre>{@code
 * EventRelay relay = EventRelay.builder(feed, publisher).name("orders").start();
 * boolean healthy = relay.status().isHealthy();
 * relay.close(); // when the application stops
 * }</pre>
 *
 * <p>No event is lost while the broker is down, because the events remain in the store. An event that can never be
 * published, for example because it is too large, stops its part of the feed and appears in {@link #status()}, unless
 * an {@link EventRelay.Builder#onUnpublishable Builder.onUnpublishable} handler accepts it. Thread-safe.
 */
public final class EventRelay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventRelay.class);
    // Far more than all pages that can be in progress at the same time.
    private static final int MAX_REMEMBERED = 10_000;

    private final String name;
    private final EventPublisher publisher;
    private final @Nullable BiConsumer<EventEnvelope, EventPublishException> onUnpublishable;
    private final Set<String> done = Collections.synchronizedSet(Collections.newSetFromMap(new LatestIds()));
    private final LongAdder published = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Subscription subscription;

    private EventRelay(Builder builder) {
        name = builder.name;
        publisher = builder.publisher;
        onUnpublishable = builder.onUnpublishable;
        subscription = builder.feed.subscribe(name, builder.start, handler());
        log.info("relay started name={}", name);
    }

    /**
     * Returns a builder of a relay.
     *
     * @param feed the source of the events
     * @param publisher the destination of the events
     * @return a builder
     */
    public static Builder builder(EventFeed feed, EventPublisher publisher) {
        return new Builder(feed, publisher);
    }

    /**
     * {@return the status of this relay. The lag is the number of events that are not yet published. The last error
     * names an event that cannot be published, or a problem with the broker. The relay checks the broker even if there
     * is nothing to publish}
     */
    public SubscriptionStatus status() {
        SubscriptionStatus status = subscription.status();
        if (!status.isHealthy()) {
            return status;
        }
        String unavailableReason = unavailableReason();
        return unavailableReason.isEmpty()
                ? status
                : new SubscriptionStatus(
                        State.RETRYING,
                        status.handled(),
                        status.failures(),
                        status.lastHandled(),
                        status.lag(),
                        status.caughtUp(),
                        unavailableReason);
    }

    int rememberedEvents() {
        return done.size();
    }

    private String unavailableReason() {
        try {
            return publisher.unavailableReason();
        } catch (RuntimeException e) {
            return "the publisher cannot determine whether its broker accepts events: " + e;
        }
    }

    /**
     * Returns the number of events that are not yet published. Sends no request to the broker.
     *
     * @return the number; -1 if the feed does not know it
     */
    public long lag() {
        return subscription.status().lag();
    }

    /**
     * {@return the name under which the progress of this relay is stored}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the number of events that the broker has acknowledged since the start}
     */
    public long published() {
        return published.sum();
    }

    /**
     * {@return the number of events that were passed to {@link EventRelay.Builder#onUnpublishable
     * Builder.onUnpublishable} since the start}
     */
    public long skipped() {
        return skipped.sum();
    }

    /**
     * {@return the number of calls to the publisher that have failed since the start}
     */
    public long failures() {
        return failures.sum();
    }

    /** Stops the relay: waits for the publication in progress, stores the progress and returns. */
    @Override
    public void close() {
        subscription.close();
        log.info("relay stopped name={} published={} skipped={}", name, published(), skipped());
    }

    /**
     * Stops the relay and waits for the publication in progress, up to a timeout.
     *
     * @param timeout the maximum time to wait
     * @return whether the publication in progress has ended; if not, the next relay with this name may publish its
     *     events again
     */
    public boolean close(Duration timeout) {
        boolean ended = subscription.close(timeout);
        log.info("relay stopped name={} published={} skipped={} ended={}", name, published(), skipped(), ended);
        return ended;
    }

    private EventHandler handler() {
        return new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                relay(events);
            }

            @Override
            public void deleted(StreamId stream, long version) {
                relayDeletion(stream, version);
            }
        };
    }

    private void relayDeletion(StreamId stream, long version) {
        try {
            publisher.publishDeletion(stream, version);
        } catch (RuntimeException | Error e) {
            failures.increment();
            throw e;
        }
    }

    /** Publishes a page. After a failure, it is called again with the same events, and skips those that were acknowledged before. */
    private void relay(List<EventEnvelope> events) {
        while (true) {
            List<EventEnvelope> pending = events.stream()
                    .filter(event -> !done.contains(event.metadata().eventId()))
                    .toList();
            if (pending.isEmpty()) {
                break;
            }
            try {
                publisher.publish(pending);
                published.add(pending.size());
                break;
            } catch (EventPublishException e) {
                failures.increment();
                keepAcknowledged(pending, e);
                if (!skipUnpublishable(pending, e)) {
                    throw e;
                }
            } catch (RuntimeException | Error e) {
                failures.increment();
                throw e;
            }
        }
        events.forEach(event -> done.remove(event.metadata().eventId()));
    }

    private void keepAcknowledged(List<EventEnvelope> pending, EventPublishException failure) {
        for (EventEnvelope event : pending) {
            if (failure.delivery(event.metadata().eventId()) == Delivery.SENT) {
                done.add(event.metadata().eventId());
                published.increment();
            }
        }
    }

    /** Returns whether the user's handler has taken unpublishable events, so that the others can be published. */
    private boolean skipUnpublishable(List<EventEnvelope> pending, EventPublishException failure) {
        boolean taken = false;
        for (EventEnvelope event : pending) {
            if (onUnpublishable != null && failure.delivery(event.metadata().eventId()) == Delivery.IMPOSSIBLE) {
                onUnpublishable.accept(event, failure);
                log.warn("event skipped relay={} {}", name, event.metadata());
                done.add(event.metadata().eventId());
                skipped.increment();
                taken = true;
            }
        }
        return taken;
    }

    /**
     * The most recently added ids. Ids of a page that another instance took over would otherwise never be removed. An event whose id is
     * evicted too early is published twice, which every consumer must expect.
     */
    private static final class LatestIds extends LinkedHashMap<String, Boolean> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    /** A builder of relays. Not thread-safe. */
    public static final class Builder {

        private final EventFeed feed;
        private final EventPublisher publisher;
        private String name = "relay";
        private StartPosition start = StartPosition.BEGINNING;
        private @Nullable BiConsumer<EventEnvelope, EventPublishException> onUnpublishable;

        private Builder(EventFeed feed, EventPublisher publisher) {
            this.feed = feed;
            this.publisher = publisher;
        }

        /**
         * Sets the name under which progress is stored. Relays with the same name share the work, so use a separate
         * name for each destination: if two relays with the same name had different brokers, each would publish only
         * part of the events.
         *
         * @param name 1 to 128 characters; the default is {@code relay}
         * @return this builder
         */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets the position at which a relay with a new name starts.
         *
         * @param start the start position; the default is the beginning
         * @return this builder
         */
        public Builder from(StartPosition start) {
            this.start = start;
            return this;
        }

        /**
         * Sets a handler for events that can never be published. The relay then continues with the next event, and consumers see a gap in
         * the stream. Without a handler, such an event stops its part of the feed.
         *
         * @param handler saves the event elsewhere; receives the event and the failure. If it throws, it is called
         *     again
         * @return this builder
         */
        public Builder onUnpublishable(BiConsumer<EventEnvelope, EventPublishException> handler) {
            this.onUnpublishable = handler;
            return this;
        }

        /**
         * Starts the relay in a dedicated thread.
         *
         * @return the relay; close it when it is no longer needed
         */
        public EventRelay start() {
            return new EventRelay(this);
        }
    }
}
