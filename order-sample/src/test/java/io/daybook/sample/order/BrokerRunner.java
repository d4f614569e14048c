package io.daybook.sample.order;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.contract.ManualClock;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.crash.CrashOrders;
import io.daybook.cosmos.crash.CrashRunner;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.process.ProcessRunner;
import io.daybook.publishing.EventRelay;
import io.daybook.servicebus.ServiceBusEventFeed;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.servicebus.ServiceBusTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** One of the two JVMs of {@link BrokerProcessCrashIT}. */
final class BrokerRunner {

    static final String TOPIC = "orders";
    /** The subscriptions of the topic, which are named as the reaction and the process. */
    static final List<String> SUBSCRIPTIONS = List.of("reaction-points", "process-Expiry");

    static final String TIMERS = "timers";

    private BrokerRunner() {}

    static Supplier<ServiceBusClientBuilder> clients(String connectionString) {
        return () -> new ServiceBusClientBuilder().connectionString(connectionString);
    }

    static ServiceBusTimers timers(String connectionString) {
        return ServiceBusTimers.onQueue(TIMERS, clients(connectionString)).build();
    }

    /**
     * Runs a relay from the change feed to the topic, and the reaction and the process on subscriptions of the topic, until it is killed or
     * its standard input ends.
     *
     * @param arguments the endpoint, the database, the time, and the connection string of the broker
     */
    public static void main(String[] arguments) throws Exception {
        ManualClock clock = new ManualClock(Instant.parse(arguments[2]));
        Supplier<ServiceBusClientBuilder> clients = clients(arguments[3]);
        try (CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient()) {
            CosmosContainers containers = CosmosContainers.in(client, arguments[1]);
            ServiceBusEventFeed feed = ServiceBusEventFeed.fromTopic(TOPIC, clients, CrashOrders.SERIALIZER)
                    .build();
            try (ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic(TOPIC, clients)
                            .sendTimeout(Duration.ofSeconds(5))
                            .build();
                    EventRelay relay = EventRelay.builder(CrashRunner.orders(containers), publisher)
                            .name("relay")
                            .start();
                    ServiceBusTimers timers = timers(arguments[3]);
                    ProcessRunner runner =
                            CrashRunner.builder(containers, feed, timers, clock).start()) {
                CrashRunner.followInput(clock, () -> List.of(relay.status(), runner.status()));
            }
        }
        System.exit(0);
    }
}
