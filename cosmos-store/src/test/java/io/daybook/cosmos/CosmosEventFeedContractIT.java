package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventFeedContract;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class CosmosEventFeedContractIT extends EventFeedContract {

    private static final String DATABASE = CosmosAccount.newDatabase();
    private static CosmosContainers containers;

    @BeforeAll
    static void createContainers() {
        containers = CosmosAccount.containers(DATABASE);
    }

    @AfterAll
    static void deleteDatabase() {
        CosmosAccount.delete(DATABASE);
    }

    @Override
    protected EventStore store(EventSerializer serializer) {
        return CosmosEventStore.of(containers, serializer);
    }

    @Override
    protected EventFeed feed() {
        return feed(containers);
    }

    /** As a service would have it, but quicker to notice who came and who went. */
    static EventFeed feed(CosmosContainers containers) {
        return CosmosEventFeed.of(containers, ContractEvent.serializer())
                .pollInterval(Duration.ofMillis(100))
                .leases(Duration.ofMillis(500), Duration.ofMillis(1_000), Duration.ofMillis(4_000));
    }
}
