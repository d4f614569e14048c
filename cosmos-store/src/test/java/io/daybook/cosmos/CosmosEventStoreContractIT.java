package io.daybook.cosmos;

import io.daybook.contract.EventStoreContract;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class CosmosEventStoreContractIT extends EventStoreContract {

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
        return CosmosEventStore.builder(containers, serializer)
                .bound(Duration.ofSeconds(10))
                .build();
    }
}
