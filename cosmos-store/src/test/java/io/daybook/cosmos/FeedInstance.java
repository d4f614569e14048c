package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.Wire;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.Backoff;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** An instance of an application that follows the feed, with its own wire to the server, client and subscription. */
final class FeedInstance implements AutoCloseable {

    /** When others take over what an instance held that was killed. */
    static final Duration EXPIRATION = Duration.ofSeconds(4);

    private final Wire wire;
    private final CosmosAsyncClient client;
    private final Subscription subscription;

    private FeedInstance(Wire wire, CosmosAsyncClient client, Subscription subscription) {
        this.wire = wire;
        this.client = client;
        this.subscription = subscription;
    }

    static FeedInstance start(String database, String name, EventHandler handler) {
        return start(database, name, StartPosition.BEGINNING, EXPIRATION, handler);
    }

    static FeedInstance start(
            String database, String name, StartPosition start, Duration expiration, EventHandler handler) {
        return start(database, name, SubscriptionOptions.from(start), expiration, UnaryOperator.identity(), handler);
    }

    /** Starts one that parks a stream after two attempts. */
    static FeedInstance parking(String database, String name, EventHandler handler) {
        Backoff shortBackoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(10));
        SubscriptionOptions options = SubscriptionOptions.from(StartPosition.BEGINNING)
                .onFailure(FailurePolicy.parkStreamAfter(2).with(shortBackoff));
        return start(database, name, options, EXPIRATION, UnaryOperator.identity(), handler);
    }

    /** Starts one with a name of its process, whose leases do not expire while a test runs. */
    static FeedInstance named(String hostName, String database, String name, EventHandler handler) {
        return start(
                database,
                name,
                SubscriptionOptions.from(StartPosition.BEGINNING),
                Duration.ofMinutes(30),
                feed -> feed.hostName(hostName),
                handler);
    }

    private static FeedInstance start(
            String database,
            String name,
            SubscriptionOptions subscription,
            Duration expiration,
            UnaryOperator<CosmosEventFeed.Builder> options,
            EventHandler handler) {
        Wire wire = Wire.to(CosmosAccount.server());
        CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(wire.endpoint()).buildAsyncClient();
        try {
            EventFeed feed = options.apply(
                            CosmosEventFeed.builder(CosmosContainers.in(client, database), ContractEvent.serializer())
                                    .pollInterval(Duration.ofMillis(100))
                                    .leases(Duration.ofMillis(500), renew(expiration), expiration))
                    .build();
            return new FeedInstance(wire, client, feed.subscribe(name, subscription, handler));
        } catch (RuntimeException e) {
            client.close();
            wire.close();
            throw e;
        }
    }

    /**
     * Leases that do not expire while a test runs are not renewed either: a renewal of the SDK that overlaps with a release or a checkpoint
     * undoes it.
     */
    private static Duration renew(Duration expiration) {
        return expiration.equals(EXPIRATION) ? Duration.ofSeconds(1) : expiration.dividedBy(3);
    }

    Subscription subscription() {
        return subscription;
    }

    /** Cuts its wire, which is a crash to all others: it can neither read on nor renew or release its leases. */
    void kill() {
        wire.close();
    }

    @Override
    public void close() {
        subscription.close();
        client.close();
        wire.close();
    }
}
