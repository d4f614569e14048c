package io.daybook.cosmos;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.ReadModelStoreContract;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.readmodel.ReadModelStore;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

class CosmosReadModelStoreContractIT extends ReadModelStoreContract {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    protected ReadModelStore store() {
        return store(400);
    }

    private static ReadModelStore store(int throughput) {
        return CosmosReadModelStore.builder(DATABASE.containers())
                .throughput(ThroughputProperties.createManualThroughput(throughput))
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    /** The same with containers of two physical partitions. */
    @Nested
    class Partitioned extends ReadModelStoreContract {

        @Override
        protected ReadModelStore store() {
            return CosmosReadModelStoreContractIT.store(20_000);
        }
    }
}
