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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Follows the events of a {@link CosmosEventStore} by the change feed of Cosmos DB. The progress of each name is kept in
 * the container of leases, one lease for each physical partition; the instances that subscribe under one name share the
 * leases out among themselves, and take over those of an instance that left.
 *
 * <pre>{@code
 * EventFeed feed = CosmosEventFeed.of(containers, serializer);
 * }</pre>
 *
 * <p>If the handler throws, the same events are redelivered with exponential backoff. Until they are handled, nothing but the rest of the
 * page is delivered from their physical partition. With {@link io.daybook.subscription.FailurePolicy#parkStreamAfter} the failing stream
 * is parked instead, in a document of the container of leases, which is read before each page.
 *
 * <p>{@link Subscription#status} reads the progress at most once in 15 polls, and at most every 30 seconds if polls are rare: with the
 * default of one poll per second, every 15 seconds. In between it sends no request. One read takes a query of the leases and one read of
 * the change feed per physical partition. A subscription has caught up when such a read finds nothing behind any lease, whichever
 * instance owns it. Deletes and expired documents do not count. The lag is an upper estimate of the appends that are not handled. When
 * two reads in a row fail, the feed counts as cut off and the status is {@code RETRYING}.
 *
 * <p>Immutable and safe for use by many threads. Each subscription has threads of its own, so a handler that blocks never holds up
 * another subscription.
 */
public final class CosmosEventFeed implements EventFeed {

    private static final Duration DEFAULT_POLL = Duration.ofSeconds(1);
    private static final int DEFAULT_PAGE_EVENTS = 100;
    private static final Duration PARKED_BOUND = Duration.ofSeconds(30);
    private static final int PARKED_PAGE_EVENTS = 500;

    private final CosmosAsyncContainer events;
    private final CosmosAsyncContainer leases;
    private final EventEnvelope.Decoder decoder;
    private final Duration poll;
    private final int pageEvents;
    private final Duration acquire;
    private final Duration renew;
    private final Duration expiration;
    private final @Nullable String hostName;

    private CosmosEventFeed(
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            EventEnvelope.Decoder decoder,
            Duration poll,
            int pageEvents,
            Duration acquire,
            Duration renew,
            Duration expiration,
            @Nullable String hostName) {
        this.events = events;
        this.leases = leases;
        this.decoder = decoder;
        this.poll = poll;
        this.pageEvents = pageEvents;
        this.acquire = acquire;
        this.renew = renew;
        this.expiration = expiration;
        this.hostName = hostName;
    }

    /**
     * Creates a feed that looks for new events every second, and hands on about 100 at a time.
     *
     * @param containers where the documents are; the client that they were made with must have
     *     {@code contentResponseOnWriteEnabled(true)}
     * @param decoder makes events of JSON, a serializer
     * @return the feed
     * @throws IllegalStateException if a container is set up otherwise than the feed needs it
     * @throws EventStoreUnavailableException if the containers cannot be looked at
     */
    public static CosmosEventFeed of(CosmosContainers containers, EventEnvelope.Decoder decoder) {
        return new CosmosEventFeed(
                containers.requireEvents(),
                containers.requireLeases(),
                decoder,
                DEFAULT_POLL,
                DEFAULT_PAGE_EVENTS,
                ChangeFeedProcessorOptions.DEFAULT_ACQUIRE_INTERVAL,
                ChangeFeedProcessorOptions.DEFAULT_RENEW_INTERVAL,
                ChangeFeedProcessorOptions.DEFAULT_EXPIRATION_INTERVAL,
                null);
    }

    /**
     * Sets the pause between two polls of a physical partition while they find nothing. Each poll costs about one request unit. The
     * progress in the status is read at most once in 15 polls.
     *
     * @param poll more than zero; 1 second unless set
     * @return this feed with it
     * @throws IllegalArgumentException if it is not more than zero
     */
    public CosmosEventFeed pollInterval(Duration poll) {
        if (poll.isZero() || poll.isNegative()) {
            throw new IllegalArgumentException("a poll interval of " + poll + ": it must be more than zero");
        }
        return new CosmosEventFeed(events, leases, decoder, poll, pageEvents, acquire, renew, expiration, hostName);
    }

    /**
     * Sets about how many events are handed on at a time. There may be more, since the events of one append stay together.
     *
     * @param pageEvents 1 to 1,000
     * @return this feed with it
     * @throws IllegalArgumentException if it is out of range
     */
    public CosmosEventFeed pageEvents(int pageEvents) {
        if (pageEvents < 1 || pageEvents > 1_000) {
            throw new IllegalArgumentException("pages of " + pageEvents + " events: use 1 to 1000");
        }
        return new CosmosEventFeed(events, leases, decoder, poll, pageEvents, acquire, renew, expiration, hostName);
    }

    /**
     * Sets how instances share the work: how soon one that comes gets its share, and how soon the work of one that crashed
     * is taken over. Shorter times cost more requests on the container of leases.
     *
     * @param acquire how often to look for leases that are free; 13 seconds unless set
     * @param renew how often a lease is renewed; 17 seconds unless set
     * @param expiration when a lease that was not renewed is free; 60 seconds unless set, more than twice {@code renew}
     * @return this feed with them
     * @throws IllegalArgumentException if one is not more than zero, or {@code expiration} too short
     */
    public CosmosEventFeed leases(Duration acquire, Duration renew, Duration expiration) {
        if (acquire.isZero()
                || acquire.isNegative()
                || renew.isZero()
                || renew.isNegative()
                || expiration.compareTo(renew.multipliedBy(2)) <= 0) {
            throw new IllegalArgumentException("leases acquired every " + acquire + ", renewed every " + renew
                    + ", expired after " + expiration
                    + ": all must be more than zero, and the last more than twice the renewal");
        }
        return new CosmosEventFeed(events, leases, decoder, poll, pageEvents, acquire, renew, expiration, hostName);
    }

    /**
     * Names this process, so that after a crash it takes up its own leases at once when it is back, instead of waiting until they
     * expire. A good name is one that the platform gives to a process and to its successor, but never to two at a time, such as the name
     * of a pod of a StatefulSet. The name of a pod of a Deployment is different after each start, which does no harm and helps nothing.
     *
     * <p>A name belongs to one live process. Two that use it at the same time both handle the same events: each in order, but again and
     * again.
     *
     * @param hostName 1 to 128 characters, none of them a control character; upper and lower case are the same to the SDK. A random name
     *     for each subscription unless set
     * @return this feed with it
     * @throws IllegalArgumentException if it is blank, too long or contains a control character
     */
    public CosmosEventFeed hostName(String hostName) {
        if (hostName.isBlank()) {
            throw new IllegalArgumentException("the host name is blank: use one that belongs to one process at a time");
        }
        if (hostName.length() > 128) {
            throw new IllegalArgumentException(
                    "the host name has " + hostName.length() + " characters: use at most 128");
        }
        hostName.chars().filter(Character::isISOControl).findFirst().ifPresent(control -> {
            throw new IllegalArgumentException(
                    String.format("the host name contains a control character (U+%04X): leave it out", control));
        });
        return new CosmosEventFeed(events, leases, decoder, poll, pageEvents, acquire, renew, expiration, hostName);
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
                .setMaxItemCount(pageEvents)
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
                loop);
        subscription.start(options.start());
        return subscription;
    }

    private CosmosParkedStreams parkedStreams(String name) {
        Requests requests = new Requests(PARKED_BOUND, null);
        return new CosmosParkedStreams(
                leases,
                leasePrefix(name) + "parked",
                new StreamReader(events, decoder, requests, PARKED_PAGE_EVENTS),
                requests);
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

    /** With an end of its own, so that no name begins with another one. */
    private static String leasePrefix(String name) {
        return EventDocuments.idOf(name) + "!";
    }
}
