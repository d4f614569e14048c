package io.daybook.cosmos;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.TimerStoreContract;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.process.TimerStore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

class CosmosTimerStoreContractIT extends TimerStoreContract {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final AtomicInteger STORES = new AtomicInteger();

    @Override
    protected TimerStore store() {
        return store(400);
    }

    private static TimerStore store(int throughput) {
        return CosmosTimerStore.builder(DATABASE.containers())
                .container("timers-" + STORES.incrementAndGet())
                .throughput(ThroughputProperties.createManualThroughput(throughput))
                .build();
    }

    /** The same with containers of two physical partitions. */
    @Nested
    class Partitioned extends TimerStoreContract {

        @Override
        protected TimerStore store() {
            return CosmosTimerStoreContractIT.store(20_000);
        }
    }
}
