package io.daybook.publishing;

import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
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
 * Publishes every stored event: takes events from a feed and counts them as handled once the publisher's broker has
 * acknowledged them. Events of one stream are published in order, each at least once.
 *
 * <pre>{@code
 * EventRelay relay = EventRelay.builder(feed, publisher).name("orders").start();
 * boolean healthy = relay.status().state() == SubscriptionStatus.State.RUNNING;
 * relay.close(); // when the application stops
 * }</pre>
 *
 * <p>While the broker is down nothing is lost: the events wait in the store. An event that can never be published, such as
 * one that is too large, stops its part of the feed and shows in {@link #status()}, unless
 * {@link EventRelay.Builder#onUnpublishable Builder.onUnpublishable} says what to do with it. Safe for use by many threads.
 */
public final class EventRelay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventRelay.class);
    // Far more than all pages that can be in progress at once.
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
        subscription = builder.feed.subscribe(name, builder.start, this::relay);
        log.info("relay started name={}", name);
    }

    /**
     * Describes a relay.
     *
     * @param feed where the events come from
     * @param publisher where they go to
     * @return a builder
     */
    public static Builder builder(EventFeed feed, EventPublisher publisher) {
        return new Builder(feed, publisher);
    }

    /**
     * {@return how it is doing: the lag is the number of events that wait to be published, the last error names an event
     * that cannot be, or says what is wrong with the broker, which is asked though there is nothing to publish}
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
            return "the publisher cannot tell whether its broker takes events: " + e;
        }
    }

    /**
     * Returns the number of events that wait to be published, without asking the broker.
     *
     * @return the number, -1 if the feed cannot tell
     */
    public long lag() {
        return subscription.status().lag();
    }

    /**
     * {@return the name under which its progress is kept}
     */
    public String name() {
        return name;
    }

    /**
     * {@return how many events the broker has acknowledged since the start}
     */
    public long published() {
        return published.sum();
    }

    /**
     * {@return how many events were handed to {@link EventRelay.Builder#onUnpublishable Builder.onUnpublishable} since the start}
     */
    public long skipped() {
        return skipped.sum();
    }

    /**
     * {@return how many publications have failed since the start}
     */
    public long failures() {
        return failures.sum();
    }

    /** Stops: lets a publication that is under way finish, keeps the progress and returns. */
    @Override
    public void close() {
        subscription.close();
        log.info("relay stopped name={} published={} skipped={}", name, published(), skipped());
    }

    /**
     * Stops, and waits for a publication that is under way, but not longer than a timeout.
     *
     * @param timeout how long to wait at most
     * @return whether the publication has ended; if not, its events are published again by the next relay of this name
     */
    public boolean close(Duration timeout) {
        boolean ended = subscription.close(timeout);
        log.info("relay stopped name={} published={} skipped={} ended={}", name, published(), skipped(), ended);
        return ended;
    }

    /** Called again with the same events after a failure; those that were acknowledged then are left out now. */
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

    /** Whether there were unpublishable events and the user's handler has taken them, so that the others may go on. */
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
     * The ids that were added last. Those of a page that another instance took over are never removed otherwise; an event
     * whose id is dropped too early is published twice, which every consumer has to expect.
     */
    private static final class LatestIds extends LinkedHashMap<String, Boolean> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    /** Collects how a relay works. Not safe for use by several threads. */
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
         * Names the progress that is kept. Relays with one name share the work, so each destination needs a name of its own: of two
         * relays to different brokers under one name, each would get a part of the events.
         *
         * @param name 1 to 128 characters; {@code relay} unless set
         * @return this builder
         */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets where a relay starts whose name was never seen.
         *
         * @param start the default is the beginning
         * @return this builder
         */
        public Builder from(StartPosition start) {
            this.start = start;
            return this;
        }

        /**
         * Says what to do with an event that can never be published, after which the relay goes on with the next. Its
         * consumers then see a gap in the stream. Without this the event stops its part of the feed.
         *
         * @param handler keeps the event somewhere; gets the failure too. If it throws, it is called again
         * @return this builder
         */
        public Builder onUnpublishable(BiConsumer<EventEnvelope, EventPublishException> handler) {
            this.onUnpublishable = handler;
            return this;
        }

        /**
         * Starts the relay, which has a thread of its own.
         *
         * @return the relay, to be closed
         */
        public EventRelay start() {
            return new EventRelay(this);
        }
    }
}
