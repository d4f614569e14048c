package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.Wire;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that dies while its feed starts for the first time leaves the SDK's lock behind. */
class FeedFirstStartIT extends FeedFixture {

    private List<String> leases() {
        return Objects.requireNonNull(CosmosAccount.client()
                .getDatabase(database)
                .getContainer("leases")
                .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)
                .map(lease -> lease.path("id").asText())
                .collectList()
                .block());
    }

    /** Starts a feed and cuts its wire when it has created so many documents, of which the first one or two are locks. */
    private void killDuringFirstStart(int created) throws InterruptedException {
        server.inject(CosmosFault.on(database, "leases", "create").skip(created).late(Duration.ofSeconds(600)));
        Wire wire = Wire.to(server);
        CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(wire.endpoint()).buildAsyncClient();
        Thread starting =
                new Thread(() -> CosmosEventFeed.of(CosmosContainers.in(client, database), ContractEvent.serializer())
                        .subscribe(NAME, StartPosition.BEGINNING, log.handler("killed")));
        starting.setUncaughtExceptionHandler((thread, failure) -> {}); // the process it stands for is dead
        starting.start();
        awaitThat(
                "the cut",
                () -> leases().size() == created
                        && server.requests(database).getOrDefault("leases/create", 0) > created);
        wire.close();
        starting.interrupt();
        starting.join();
        client.close();
        server.clear(database);
    }

    // "lock", "both locks", "both locks and a lease"
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void starts_again_after_a_kill_during_the_first_start(int created) throws InterruptedException {
        appendToAll();
        killDuringFirstStart(created);
        assertThat(leases()).hasSize(created).anyMatch(id -> id.endsWith(".lock"));

        server.expire(database, "leases");

        try (FeedInstance next = start("next")) {
            awaitAll();
            assertThat(log.ofInstance("next")).isEqualTo(storedEvents());
        }
    }
}
