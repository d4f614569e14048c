package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;

import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A feed that the SDK no longer follows is restarted. */
class FeedStallIT extends FeedFixture {

    /** Polls of the other partition, during which the SDK gives a partition up. */
    private static final int MANY_POLLS = 30;

    private Subscription subscribe() {
        return CosmosEventFeed.builder(
                        CosmosContainers.in(CosmosAccount.client(), database), ContractEvent.serializer())
                .pollInterval(Duration.ofMillis(100))
                .leases(Duration.ofMillis(500), Duration.ofMinutes(10), Duration.ofMinutes(30))
                .stallTimeout(Duration.ofSeconds(2))
                .build()
                .subscribe(NAME, StartPosition.BEGINNING, log.handler("one"));
    }

    private int requests(String kind) {
        return server.requests(database).getOrDefault(kind, 0);
    }

    /** Ends the work on one partition, whose lease the SDK fails to release, so that it takes the lease again only when it expires. */
    private void abandonPartition() {
        int reads = requests("leases/read");
        server.inject(CosmosFault.on(database, "leases", "read").status(503));
        server.inject(CosmosFault.on(database, "events", "feed").status(503).times(1));
        awaitThat("a release", () -> requests("leases/read") > reads);
        int enough = requests("events/feed") + MANY_POLLS;
        awaitThat("polls", () -> requests("events/feed") >= enough);
        server.clear(database);
    }

    @Test
    void restarts_when_no_thread_follows_a_lease() {
        try (Subscription subscription = subscribe()) {
            appendToAll();
            awaitAll();
            await().until(subscription::hasCaughtUp);
            abandonPartition();
            appendToAll();
            await().until(() -> {
                subscription.hasCaughtUp();
                return subscription.status().state() == State.RETRYING
                        && subscription.status().lastError().contains("restarted");
            });
            awaitAll();
            await().until(() ->
                    subscription.hasCaughtUp() && subscription.status().state() == State.RUNNING);
        }
    }
}
