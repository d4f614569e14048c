package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import io.daybook.event.EventEnvelope;
import io.daybook.event.TextRules;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event feed that delivers the events of a {@link CosmosEventStore} from the change feed of Cosmos DB. The progress
 * of each subscription name is kept in the lease container, with one lease per physical partition. Instances that
 * subscribe with the same name share the leases, and take over the leases of an instance that has stopped.
 *
 * <pre>{@code
 * EventFeed feed = CosmosEventFeed.of(containers, serializer);
 * }</pre>
 *
 * <p>If the handler throws, the same events are redelivered with exponential backoff. Until they are handled, only the
 * rest of the page is delivered from their physical partition. With
 * {@link io.daybook.subscription.FailurePolicy#parkStreamAfter}, the failing stream is parked instead. A document in
 * the lease container lists the parked streams. The feed reads this document before each page.
 *
 * <p>{@link Subscription#status} reads the progress again after 15 polls or 30 seconds, whichever comes first. With the
 * default of one poll per second, that is every 15 seconds. Between these reads, the status sends no request. Reading
 * the progress takes one query of the leases and one request to the change feed per physical partition. A subscription
 * has caught up when such a read finds no event after the position of any lease, no matter which instance owns the
 * lease. Deletions and expired documents are ignored. The lag is an upper bound on the number of appends that are not
 * yet handled. If two reads in a row fail, the feed is considered disconnected, and the status is {@code RETRYING}.
 *
 * <p>The SDK can stop delivering, for example while it waits for a response that never arrives. The reads of the
 * progress detect this: if a lease of this instance has had undelivered changes for 15 seconds and at least three
 * polls, and nothing was delivered in that time, the subscription restarts its processor, and the status is
 * {@code RETRYING}. If no one reads the status, the SDK resumes delivery after a minute or more.
 *
 * <p>{@link Subscription#close(Duration)} may take up to 3 seconds longer than its timeout. The progress of the last
 * call is stored within half a second. Releasing the leases may take the rest of the timeout, or 2 seconds if less than
 * that remains. Leases that are not released by then become free when they expire.
 *
 * <p>Immutable and thread-safe. Each subscription has its own threads, so a blocked handler never delays another
 * subscription.
 */
public final class CosmosEventFeed implements EventFeed {

    private static final Duration DEFAULT_POLL = Duration.ofSeconds(1);
    private static final int DEFAULT_PAGE_EVENTS = 100;
    private static final Duration PARKED_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(15);
    private static final int LEAST_POLLS_OF_STALL = 3;

    private final CosmosAsyncContainer events;
    private final CosmosAsyncContainer leases;
    private final EventEnvelope.Decoder decoder;
    private final Duration poll;
    private final int eventsPerDelivery;
    private final Duration acquire;
    private final Duration renew;
    private final Duration expiration;
    private final @Nullable String hostName;
    private final Duration stallTimeout;

    private CosmosEventFeed(Builder builder) {
        this.events = builder.containers.requireEvents();
        this.leases = builder.containers.requireLeases();
        this.decoder = builder.decoder;
        this.poll = builder.poll;
        this.eventsPerDelivery = builder.eventsPerDelivery;
        this.acquire = builder.acquire;
        this.renew = builder.renew;
        this.expiration = builder.expiration;
        this.hostName = builder.hostName;
        this.stallTimeout = builder.stallTimeout;
    }

    /**
     * Creates a feed with the default settings. The feed polls every second and delivers about 100 events at a time.
     *
     * @param containers the containers; their client must have {@code contentResponseOnWriteEnabled(true)}
     * @param decoder the serializer of the events
     * @return the feed
     * @throws IllegalStateException if a container is misconfigured
     * @throws EventStoreUnavailableException if the configuration of the containers cannot be read
     */
    public static CosmosEventFeed of(CosmosContainers containers, EventEnvelope.Decoder decoder) {
        return builder(containers, decoder).build();
    }

    /**
     * Returns a builder of a feed.
     *
     * @param containers the containers; their client must have {@code contentResponseOnWriteEnabled(true)}
     * @param decoder the serializer of the events
     * @return a builder
     */
    public static Builder builder(CosmosContainers containers, EventEnvelope.Decoder decoder) {
        return new Builder(containers, decoder);
    }

    /**
     * {@inheritDoc}
     *
     * @throws EventStoreUnavailableException if the containers cannot be reached
     * @throws IllegalStateException if the client was built without {@code contentResponseOnWriteEnabled(true)}, or if the calling
     *     thread must not block
     */
    @Override
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
        TextRules.requireId("the subscription name", name);
        CallingThread.requireMayBlock("the start of the subscription " + name);
        ChangeFeedProcessorOptions processor = new ChangeFeedProcessorOptions()
                .setLeasePrefix(leasePrefix(name))
                .setFeedPollDelay(poll)
                .setMaxItemCount(eventsPerDelivery)
                .setLeaseAcquireInterval(acquire)
                .setLeaseRenewInterval(renew)
                .setLeaseExpirationInterval(expiration)
                .setStartFromBeginning(options.start() == StartPosition.BEGINNING);
        DeliveryLoop loop =
                DeliveryLoop.parking(name, options.failurePolicy(), handler, parkedStreams(name), Clock.systemUTC());
        CosmosSubscription subscription = new CosmosSubscription(
                name,
                hostName == null ? UUID.randomUUID().toString() : hostName,
                events,
                leases,
                processor,
                decoder,
                loop,
                Collections.max(List.of(stallTimeout, poll.multipliedBy(LEAST_POLLS_OF_STALL))));
        subscription.start(options.start());
        return subscription;
    }

    private CosmosParkedStreams parkedStreams(String name) {
        RequestExecutor executor = new RequestExecutor(PARKED_TIMEOUT, null);
        return new CosmosParkedStreams(
                leases,
                leasePrefix(name) + "parked",
                new StreamReader(
                        events, decoder, executor, eventsPerDelivery + 1), // the next event shows where an append ends
                executor,
                eventsPerDelivery);
    }

    /**
     * {@inheritDoc}
     *
     * @throws EventStoreUnavailableException if the leases cannot be read or deleted
     * @throws IllegalStateException if an instance owns a lease that has not expired, or the calling thread must not block
     */
    @Override
    public void forget(String name) {
        TextRules.requireId("the subscription name", name);
        CallingThread.requireMayBlock("forgetting the subscription " + name);
        new LeaseDeletion(leases, expiration).delete(name, leasePrefix(name));
    }

    /**
     * Returns a prefix that ends with a character that no name contains, so no prefix is the beginning of another one.
     */
    private static String leasePrefix(String name) {
        return EventDocuments.idOf(name) + "!";
    }

    /** A builder of a feed. Not thread-safe. */
    public static final class Builder {

        private final CosmosContainers containers;
        private final EventEnvelope.Decoder decoder;
        private Duration poll = DEFAULT_POLL;
        private int eventsPerDelivery = DEFAULT_PAGE_EVENTS;
        private Duration acquire = ChangeFeedProcessorOptions.DEFAULT_ACQUIRE_INTERVAL;
        private Duration renew = ChangeFeedProcessorOptions.DEFAULT_RENEW_INTERVAL;
        private Duration expiration = ChangeFeedProcessorOptions.DEFAULT_EXPIRATION_INTERVAL;
        private @Nullable String hostName;
        private Duration stallTimeout = DEFAULT_STALL_TIMEOUT;

        private Builder(CosmosContainers containers, EventEnvelope.Decoder decoder) {
            this.containers = containers;
            this.decoder = decoder;
        }

        /**
         * Sets the pause between polls of a physical partition that has no new events. Each poll costs about one
         * request unit. The status reads the progress again after 15 polls or 30 seconds, whichever comes first.
         *
         * @param poll more than zero; 1 second by default
         * @return this builder
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder pollInterval(Duration poll) {
            if (poll.isZero() || poll.isNegative()) {
                throw new IllegalArgumentException("pollInterval is " + poll + ": use more than zero");
            }
            this.poll = poll;
            return this;
        }

        /**
         * Sets the approximate number of events that are delivered at a time. A call may contain more, because the
         * events of one append are always delivered together. When parked streams are retried, the feed assumes that
         * events were appended together if they have the same command id, or if they have no command id but the same
         * time and correlation id. This is correct for all appends of an
         * {@link io.daybook.aggregate.AggregateRepository} with a command or correlation id.
         *
         * @param eventsPerDelivery 1 to 1,000; 100 by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder eventsPerDelivery(int eventsPerDelivery) {
            if (eventsPerDelivery < 1 || eventsPerDelivery > 1_000) {
                throw new IllegalArgumentException("eventsPerDelivery is " + eventsPerDelivery + ": use 1 to 1000");
            }
            this.eventsPerDelivery = eventsPerDelivery;
            return this;
        }

        /**
         * Sets the lease intervals. They determine how soon a new instance gets its share of the partitions, and how
         * soon the partitions of a crashed instance are taken over. Shorter intervals cost more requests to the lease
         * container.
         *
         * @param acquire the interval at which free leases are acquired; 13 seconds by default
         * @param renew the interval at which a lease is renewed; 17 seconds by default
         * @param expiration the time after which a lease is free if it was not renewed, more than twice {@code renew};
         *     60 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if an interval is zero or negative, or {@code expiration} is too short
         */
        public Builder leases(Duration acquire, Duration renew, Duration expiration) {
            if (acquire.isZero()
                    || acquire.isNegative()
                    || renew.isZero()
                    || renew.isNegative()
                    || expiration.compareTo(renew.multipliedBy(2)) <= 0) {
                throw new IllegalArgumentException(
                        "the lease intervals are acquire=" + acquire + " renew=" + renew + " expiration=" + expiration
                                + ": use more than zero, and an expiration of more than twice renew");
            }
            this.acquire = acquire;
            this.renew = renew;
            this.expiration = expiration;
            return this;
        }

        /**
         * Sets the name of this process. After a crash, a process with the same name takes over the leases at once
         * instead of waiting until they expire. Use a name that the platform gives to a process and its successor but
         * never to two processes at the same time, such as the pod name of a StatefulSet. The name of a pod of a
         * Deployment is not suitable, because the pod that replaces it gets another name.
         *
         * <p>A name belongs to one running process. If two processes use it at the same time, each of them handles all
         * events, in order.
         *
         * @param hostName 1 to 128 characters without control characters; the SDK ignores case. By default, each subscription has a random
         *     name
         * @return this builder
         * @throws IllegalArgumentException if it is blank, longer than 128 characters or contains a control character
         */
        public Builder hostName(String hostName) {
            if (hostName.isBlank()) {
                throw new IllegalArgumentException(
                        "hostName is blank: use a name that belongs to one process at a time");
            }
            if (hostName.length() > 128) {
                throw new IllegalArgumentException(
                        "hostName has " + hostName.length() + " characters: use at most 128");
            }
            hostName.chars().filter(Character::isISOControl).findFirst().ifPresent(control -> {
                throw new IllegalArgumentException(
                        String.format("hostName contains a control character (U+%04X): remove it", control));
            });
            this.hostName = hostName;
            return this;
        }

        /** Sets the time after which a processor that delivers nothing is restarted. At least three polls must also have passed. */
        Builder stallTimeout(Duration stallTimeout) {
            this.stallTimeout = stallTimeout;
            return this;
        }

        /**
         * Builds the feed.
         *
         * @return the feed
         * @throws IllegalStateException if a container is misconfigured
         * @throws EventStoreUnavailableException if the configuration of the containers cannot be read
         */
        public CosmosEventFeed build() {
            return new CosmosEventFeed(this);
        }
    }
}
