package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.projection.Projector;
import io.daybook.readmodel.ReadModelStore;
import java.time.Duration;

/** A projector on Cosmos DB, in this process or, for {@link ProjectorCrashIT}, in a separate one. */
final class ProjectorInstance {

    private ProjectorInstance() {}

    /** A store whose containers have two physical partitions. */
    static ReadModelStore readModels(CosmosContainers containers) {
        return CosmosReadModelStore.builder(containers)
                .throughput(ThroughputProperties.createManualThroughput(20_000))
                .build();
    }

    /** Starts one that keeps its leases however slow the machine is. */
    static Projector start(CosmosAsyncClient client, String database) {
        return start(client, database, Duration.ofMinutes(30));
    }

    /** Starts one from which others take over after a while. */
    private static Projector start(CosmosAsyncClient client, String database, Duration expiration) {
        CosmosContainers containers = CosmosContainers.in(client, database);
        return Projector.builder(
                        CosmosEventFeed.builder(containers, ContractEvent.serializer())
                                .pollInterval(Duration.ofMillis(100))
                                .eventsPerDelivery(20)
                                .leases(Duration.ofMillis(500), Duration.ofMillis(1_000), expiration)
                                .build(),
                        CosmosEventStore.of(containers, ContractEvent.serializer()),
                        readModels(containers))
                .project(SeenEvents.PROJECTION)
                .project(SeenEvents.GROUPS)
                .start();
    }

    /**
     * Runs a projector until it is killed, or its standard input ends.
     *
     * @param arguments the endpoint and the database
     */
    public static void main(String[] arguments) throws Exception {
        try (CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient()) {
            Projector projector = start(client, arguments[1], FeedInstance.EXPIRATION);
            System.out.print("started\n");
            System.out.flush();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
            projector.close();
        }
        System.exit(0);
    }
}
