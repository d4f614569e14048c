package io.daybook.sample.order;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.ThrottlingRetryOptions;
import com.azure.identity.DefaultAzureCredentialBuilder;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.CosmosEventFeed;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.cosmos.CosmosMetrics;
import io.daybook.cosmos.CosmosSnapshotStore;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.serialization.EventSerializer;
import io.daybook.snapshot.SnapshotStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;

/**
 * The parts on Azure Cosmos DB. Environment variables:
 * <ul>
 *   <li>{@code COSMOS_ENDPOINT}: the account, such as {@code https://my-account.documents.azure.com:443/};
 *   <li>{@code COSMOS_KEY}: its key; where it is absent, the default Azure credential is used, and the database and its
 *       containers must exist, since such a credential cannot create them;
 *   <li>{@code COSMOS_DATABASE}: the database, {@code orders} unless set.
 * </ul>
 */
public final class CosmosComponents {

    private static final Duration BOUND = Duration.ofSeconds(10);

    /** Shorter than a command may take, so that a command that was throttled is known not to be stored. */
    private static final Duration THROTTLED_BOUND = Duration.ofSeconds(5);

    private CosmosComponents() {}

    /**
     * Connects to an account.
     *
     * @param environment the variables
     * @return the parts, which share one client
     * @throws IllegalArgumentException if the endpoint is not a URL
     * @throws IllegalStateException if the containers are set up otherwise than they have to be
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the account cannot be reached
     */
    public static OrderComponents connect(Map<String, String> environment) {
        String key = environment.getOrDefault("COSMOS_KEY", "").trim();
        CosmosAsyncClient client =
                client(environment.getOrDefault("COSMOS_ENDPOINT", "").trim(), key);
        try {
            CosmosContainers containers =
                    CosmosContainers.in(client, environment.getOrDefault("COSMOS_DATABASE", "orders"));
            if (!key.isEmpty()) {
                containers.createIfMissing();
            }
            EventSerializer serializer = OrderEvents.serializer();
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            CosmosMetrics metrics = new CosmosMetrics(meters);
            return new OrderComponents(
                    CosmosEventStore.builder(containers, serializer)
                            .bound(BOUND)
                            .observer(metrics)
                            .build(),
                    SnapshotStore.cached(
                            CosmosSnapshotStore.of(containers).observer(metrics), OrderComponents.CACHED_ORDERS),
                    CosmosEventFeed.of(containers, serializer),
                    new LoggingEventPublisher(),
                    meters,
                    client::close);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static CosmosAsyncClient client(String endpoint, String key) {
        CosmosClientBuilder builder = new CosmosClientBuilder()
                .endpoint(endpoint)
                .throttlingRetryOptions(new ThrottlingRetryOptions().setMaxRetryWaitTime(THROTTLED_BOUND))
                .contentResponseOnWriteEnabled(true);
        if (endpoint.startsWith("http:")) { // an emulator or a test server on this machine
            System.setProperty("COSMOS.HTTP_CONNECTION_WITHOUT_TLS_ALLOWED", "true");
            builder.gatewayMode().endpointDiscoveryEnabled(false);
        }
        if (key.isEmpty()) {
            builder.credential(new DefaultAzureCredentialBuilder().build());
        } else {
            builder.key(key);
        }
        try {
            return builder.buildAsyncClient();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "no connection to COSMOS_ENDPOINT " + endpoint + ": "
                            + e.getClass().getSimpleName() + ", check the endpoint, the network and COSMOS_KEY",
                    e);
        }
    }
}
