package io.daybook.cosmos;

import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.crash.JavaProcess;
import io.daybook.cosmos.crash.ProcessCrashContract;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.process.TimerStore;
import java.time.Instant;

/** Processes that follow the change feed, with timers on Cosmos DB. */
class ProcessCrashIT extends ProcessCrashContract {

    private static final int MAX_COUNTED = 1_000;

    @Override
    protected JavaProcess start(String endpoint, String time) {
        return JavaProcess.start(RunnerInstance.class, endpoint, database(), time);
    }

    @Override
    protected TimerStore otherTimers() {
        return RunnerInstance.timers(containers(), clock());
    }

    @Override
    protected int timersSet() {
        return CosmosAccount.client()
                .getDatabase(database())
                .getContainer("timers")
                .queryItems(
                        TimerDocuments.due(TimerDocuments.SLOTS, Instant.MAX, MAX_COUNTED),
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .collectList()
                .block()
                .size();
    }

    @Override
    protected String waiting() {
        return "timers set: " + timersSet();
    }
}
