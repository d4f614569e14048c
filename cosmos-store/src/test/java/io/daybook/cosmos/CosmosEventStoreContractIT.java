package io.daybook.cosmos;

import io.daybook.contract.EventStoreContract;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class CosmosEventStoreContractIT extends EventStoreContract {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    protected EventStore store(EventSerializer serializer) {
        return CosmosEventStore.builder(DATABASE.containers(), serializer)
                .timeout(Duration.ofSeconds(60))
                .build();
    }
}
