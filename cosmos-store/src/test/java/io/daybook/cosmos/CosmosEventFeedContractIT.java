package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventFeedContract;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class CosmosEventFeedContractIT extends EventFeedContract {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    protected EventStore store(EventSerializer serializer) {
        return CosmosEventStore.of(DATABASE.containers(), serializer);
    }

    @Override
    protected EventFeed feed() {
        return feed(DATABASE.containers());
    }

    /** As a service would have it, but quicker to notice who came and who went. */
    static EventFeed feed(CosmosContainers containers) {
        return CosmosEventFeed.builder(containers, ContractEvent.serializer())
                .pollInterval(Duration.ofMillis(100))
                .leases(Duration.ofMillis(500), Duration.ofMillis(1_000), Duration.ofMillis(4_000))
                .build();
    }
}
