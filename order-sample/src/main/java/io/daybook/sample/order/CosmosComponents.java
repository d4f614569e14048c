package io.daybook.sample.order;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.ThrottlingRetryOptions;
import com.azure.identity.DefaultAzureCredentialBuilder;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.CosmosEventFeed;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.cosmos.CosmosMetrics;
import io.daybook.cosmos.CosmosReadModelStore;
import io.daybook.cosmos.CosmosSnapshotStore;
import io.daybook.cosmos.CosmosTimerStore;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryReadCache;
import io.daybook.process.ProcessEvent;
import io.daybook.sample.order.command.InMemoryPaymentGateway;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The parts on Azure Cosmos DB. Environment variables:
 * <ul>
 *   <li>{@code COSMOS_ENDPOINT}: the account, such as {@code https://my-account.documents.azure.com:443/};
 *   <li>{@code COSMOS_KEY}: the key of the account. Without a key, the default Azure credential is used, and the
 *   database and its containers must exist, since such a credential cannot create them;
 *   <li>{@code COSMOS_DATABASE}: the database, {@code orders} by default;
 *   <li>{@code RELAY_TAKEOVER_SECONDS}: the time after which another instance, or the restarted instance, takes over
 *   the relay of a crashed instance; 60 by default. A shorter time costs more requests to the lease container.
 * </ul>
 */
public final class CosmosComponents {

    /**
     * Any other text is neither quoted nor passed to the SDK, whose diagnostics would repeat it, because it may be a
     * connection string.
     */
    private static final Pattern ADDRESS = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+/?");

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Shorter than the timeout of a command, so that a throttled command is known not to be stored. */
    private static final Duration THROTTLED_BOUND = Duration.ofSeconds(5);

    private static final Duration DEFAULT_TAKEOVER = Duration.ofSeconds(60);

    private CosmosComponents() {}

    static boolean isNamedIn(Map<String, String> environment) {
        return !environment.getOrDefault("COSMOS_ENDPOINT", "").isBlank();
    }

    /**
     * Connects to an account. The events that are stored there are logged.
     *
     * @param environment the variables
     * @return the parts, which share one client
     * @throws IllegalArgumentException if the endpoint is not a URL, or the takeover time is not a number in range
     * @throws IllegalStateException if the containers are misconfigured
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the account cannot be reached
     */
    public static OrderComponents connect(Map<String, String> environment) {
        Duration takeover =
                takeover(environment.getOrDefault("RELAY_TAKEOVER_SECONDS", "").trim());
        String key = environment.getOrDefault("COSMOS_KEY", "").trim();
        CosmosAsyncClient client =
                client(environment.getOrDefault("COSMOS_ENDPOINT", "").trim(), key);
        try {
            CosmosContainers containers =
                    CosmosContainers.in(client, environment.getOrDefault("COSMOS_DATABASE", "orders"));
            if (!key.isEmpty()) {
                containers.createIfMissing();
            }
            CosmosContainers processes = containers.named("processes", "snapshots", "leases");
            if (!key.isEmpty()) {
                processes.createIfMissing();
            }
            EventSerializer serializer = OrderEvents.serializer();
            PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            CosmosMetrics metrics = new CosmosMetrics(meters);
            return new OrderComponents(
                    eventStore(containers, serializer, metrics),
                    CosmosSnapshotStore.builder(containers).observer(metrics).build(),
                    eventFeed(containers, serializer, takeover),
                    new LoggingEventPublisher(),
                    Optional.empty(),
                    CosmosReadModelStore.builder(containers)
                            .timeout(TIMEOUT)
                            .observer(metrics)
                            .build(),
                    new InMemoryReadCache(OrderComponents.CACHED_ORDERS),
                    OrderComponents.CACHED_HERE,
                    new ProcessComponents(
                            eventStore(processes, ProcessEvent.serializer(), metrics),
                            eventFeed(processes, ProcessEvent.serializer(), takeover),
                            CosmosTimerStore.builder(containers)
                                    .timeout(TIMEOUT)
                                    .observer(metrics)
                                    .build(),
                            new InMemoryPaymentGateway(),
                            Clock.systemUTC()),
                    meters,
                    ObservationRegistry.NOOP,
                    client::close);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static EventStore eventStore(
            CosmosContainers containers, EventSerializer serializer, CosmosMetrics metrics) {
        return CosmosEventStore.builder(containers, serializer)
                .timeout(TIMEOUT)
                .observer(metrics)
                .build();
    }

    private static EventFeed eventFeed(CosmosContainers containers, EventSerializer serializer, Duration takeover) {
        return CosmosEventFeed.builder(containers, serializer)
                // the proportions of the defaults, so that one renewal may fail
                .leases(
                        takeover.multipliedBy(13).dividedBy(60),
                        takeover.multipliedBy(17).dividedBy(60),
                        takeover)
                .build();
    }

    /** The relay returns a page after four times this duration, and a publication must not take longer. */
    private static Duration takeover(String text) {
        if (text.isEmpty()) {
            return DEFAULT_TAKEOVER;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 5 || Integer.parseInt(text) > 3_600) {
            throw new IllegalArgumentException(
                    "RELAY_TAKEOVER_SECONDS is \"" + text + "\": use a number from 5 to 3600");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private static CosmosAsyncClient client(String endpoint, String key) {
        if (!ADDRESS.matcher(endpoint).matches()) {
            throw new IllegalArgumentException(
                    "COSMOS_ENDPOINT is not a URL such as https://my-account.documents.azure.com:443/");
        }
        CosmosClientBuilder builder = new CosmosClientBuilder()
                .endpoint(endpoint)
                .throttlingRetryOptions(new ThrottlingRetryOptions().setMaxRetryWaitTime(THROTTLED_BOUND))
                .multipleWriteRegionsEnabled(false)
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
                    "cannot connect to COSMOS_ENDPOINT " + endpoint + ": "
                            + e.getClass().getSimpleName() + ": check the endpoint, the network and COSMOS_KEY",
                    e);
        }
    }
}
