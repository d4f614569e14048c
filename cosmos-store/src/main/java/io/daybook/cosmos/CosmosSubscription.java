package io.daybook.cosmos;

import com.azure.cosmos.ChangeFeedProcessor;
import com.azure.cosmos.ChangeFeedProcessorBuilder;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.azure.cosmos.models.ChangeFeedProcessorState;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One change feed processor, and what is known of how it does. */
final class CosmosSubscription implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventFeed.class);
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final String LAG_QUESTION = "lag";
    /** Each partition's handler holds one while it works, and some must be left to renew the leases. */
    private static final int THREADS = 256;

    private static final int IDLE_SECONDS = 60;
    private static final Duration START_BOUND = Duration.ofSeconds(60);
    private static final Duration STOP_BOUND = Duration.ofSeconds(10);
    private static final Duration RELEASE_BOUND = Duration.ofSeconds(5);
    private static final Duration LAG_BOUND = Duration.ofSeconds(5);
    private static final long LAG_AGE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String OWN_LEASES =
            "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND CONTAINS(c.id, @container) AND IS_DEFINED(c.LeaseToken)";
    private static final String HELD_LEASES = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND c.Owner = @host";

    private final String name;
    private final String host;
    private final CosmosAsyncContainer events;
    private final CosmosAsyncContainer leases;
    private final String leasePrefix;
    private final DeliveryLoop loop;
    private final PageHandler pages;
    private final Scheduler scheduler;
    private final ChangeFeedProcessor processor;
    private long lag = -1;
    private boolean ownsLease;
    private long lagAskedNanos = System.nanoTime() - LAG_AGE_NANOS;
    private final Object stopping = new Object();
    private volatile boolean stopped;

    CosmosSubscription(
            String name,
            String host,
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            ChangeFeedProcessorOptions options,
            EventEnvelope.Decoder decoder,
            DeliveryLoop loop) {
        this.name = name;
        this.host = host;
        this.events = events;
        this.leases = leases;
        this.leasePrefix = options.getLeasePrefix();
        this.loop = loop;
        this.pages = new PageHandler(name, decoder, loop, options.getLeaseRenewInterval());
        this.scheduler =
                Schedulers.newBoundedElastic(THREADS, Integer.MAX_VALUE, "daybook-" + name, IDLE_SECONDS, true);
        try {
            this.processor = new ChangeFeedProcessorBuilder()
                    .hostName(host)
                    .feedContainer(events)
                    .leaseContainer(leases)
                    .options(options.setScheduler(scheduler))
                    .handleLatestVersionChanges(this::handle)
                    .buildChangeFeedProcessor();
        } catch (IllegalArgumentException e) {
            scheduler.dispose();
            throw new IllegalStateException(
                    "the client of the containers cannot keep leases: build it with"
                            + " contentResponseOnWriteEnabled(true)",
                    e);
        }
    }

    private void handle(List<ChangeFeedProcessorItem> items) {
        pages.handle(items.stream()
                .<JsonNode>map(ChangeFeedProcessorItem::getCurrent)
                .toList());
    }

    void start(StartPosition start) {
        try {
            processor.start().block(START_BOUND);
            if (start == StartPosition.NOW) {
                awaitPositions();
            }
        } catch (RuntimeException e) {
            close();
            throw e instanceof EventStoreUnavailableException
                    ? e
                    : CosmosFailures.unavailable("starting the subscription " + name, e);
        }
    }

    /** "Now" is when the first look was taken, so a subscription from now counts as started when all leases have a place. */
    private void awaitPositions() {
        long end = System.nanoTime() + START_BOUND.toNanos();
        String container = Objects.requireNonNull(events.read().block(START_BOUND))
                .getProperties()
                .getResourceId();
        SqlQuerySpec ownLeases = new SqlQuerySpec(
                OWN_LEASES,
                new SqlParameter("@prefix", leasePrefix),
                new SqlParameter("@container", "_" + container + "..")); // others may keep their leases here too
        while (System.nanoTime() < end) {
            List<ObjectNode> all = leases.queryItems(ownLeases, new CosmosQueryRequestOptions(), ObjectNode.class)
                    .collectList()
                    .block(START_BOUND);
            if (all != null && !all.isEmpty() && all.stream().allMatch(CosmosSubscription::hasPosition)) {
                return;
            }
            if (!PageHandler.sleep(50)) {
                break;
            }
        }
        throw new EventStoreUnavailableException(
                "the subscription " + name + " has no place in the feed yet: try again",
                Outcome.NOT_STORED,
                null,
                null);
    }

    private static boolean hasPosition(ObjectNode lease) {
        return !lease.path("ContinuationToken").asText("").isEmpty();
    }

    @Override
    public synchronized SubscriptionStatus status() {
        CallingThread.requireMayBlock("the status of the subscription " + name);
        if (!stopped && System.nanoTime() - lagAskedNanos >= LAG_AGE_NANOS) {
            askForLag();
        }
        pages.dropStaleFailures();
        // The SDK takes one append for handled as long as a lease has no place yet.
        long behind = lag == 0 && loop.isBusy() ? 1 : lag;
        State state = ownsLease || loop.isBusy() ? State.RUNNING : State.WAITING;
        return loop.status(state, behind, behind == 0);
    }

    @Override
    public List<ParkedStream> parked() {
        CallingThread.requireMayBlock("reading the parked streams of " + name);
        return loop.parked();
    }

    @Override
    public int retryParked() {
        CallingThread.requireMayBlock("retrying the parked streams of " + name);
        return loop.retryParked();
    }

    private void askForLag() {
        try {
            @Nullable
            List<ChangeFeedProcessorState> states = processor.getCurrentState().block(LAG_BOUND);
            lag = states == null || states.isEmpty()
                    ? -1
                    : states.stream()
                            .mapToLong(state -> Math.max(0, state.getEstimatedLag()))
                            .sum();
            ownsLease = states != null && states.stream().anyMatch(state -> host.equals(state.getHostName()));
            loop.recovered(LAG_QUESTION);
        } catch (RuntimeException e) {
            lag = -1;
            loop.failed(
                    LAG_QUESTION,
                    String.valueOf(CosmosFailures.unavailable("asking how far the feed is", e)
                            .getMessage()));
        }
        lagAskedNanos = System.nanoTime();
    }

    @Override
    public void close() {
        close(FOREVER);
    }

    @Override
    public boolean close(Duration timeout) {
        CallingThread.requireMayBlock("closing the subscription " + name);
        boolean finished = pages.close(timeout);
        synchronized (stopping) {
            if (!stopped) {
                stopped = true;
                stop();
            }
        }
        return finished;
    }

    private void stop() {
        try {
            if (processor.isStarted()) {
                processor.stop().block(STOP_BOUND);
                awaitRelease();
            }
        } catch (RuntimeException e) {
            // The leases stay with this instance until they expire; others take them over then.
            log.warn("subscription not stopped cleanly name={}", name, e);
        } finally {
            scheduler.disposeGracefully().subscribe(); // a handler that still runs is not interrupted
        }
    }

    /** The SDK's stop returns before the leases are given back, and a client closed then would keep them till they expire. */
    private void awaitRelease() {
        long end = System.nanoTime() + RELEASE_BOUND.toNanos();
        SqlQuerySpec held = new SqlQuerySpec(
                HELD_LEASES, new SqlParameter("@prefix", leasePrefix), new SqlParameter("@host", host));
        while (PageHandler.sleep(50) && System.nanoTime() < end) {
            List<ObjectNode> left = leases.queryItems(held, new CosmosQueryRequestOptions(), ObjectNode.class)
                    .collectList()
                    .block(RELEASE_BOUND);
            if (left == null || left.isEmpty()) {
                return;
            }
        }
        log.warn("leases not given back in time, others get them when they expire subscription={}", name);
    }
}
