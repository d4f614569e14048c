package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.cosmos.CrashOrders.Account;
import io.daybook.cosmos.CrashOrders.AddPoints;
import io.daybook.cosmos.CrashOrders.Expire;
import io.daybook.cosmos.CrashOrders.Order;
import io.daybook.cosmos.CrashOrders.Refund;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessRunner;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed.StartPosition;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A runner of the processes of {@link CrashOrders}, in this JVM or, for {@link ProcessCrashIT}, in a separate one. */
final class RunnerInstance {

    private RunnerInstance() {}

    static CosmosContainers processes(CosmosContainers containers) {
        return containers.named("processes", "snapshots", "leases");
    }

    static CosmosTimerStore timers(CosmosContainers containers, Clock clock) {
        return CosmosTimerStore.builder(containers).clock(clock).build();
    }

    /** Returns a runner whose slots and leases others take over when it is killed. */
    static ProcessRunner.Builder runner(CosmosContainers containers, Clock clock) {
        CosmosEventStore store = CosmosEventStore.of(containers, CrashOrders.SERIALIZER);
        AggregateRepository<Order> orders =
                AggregateRepository.of(Order.TYPE, store).clock(clock);
        AggregateRepository<Account> accounts =
                AggregateRepository.of(Account.TYPE, store).clock(clock);
        CommandBus bus = CommandBus.builder()
                .updating(Expire.class, orders, (order, command, context) -> order.expire())
                .creatingOrUpdating(
                        AddPoints.class, accounts, (account, command, context) -> account.addPoints(command.order()))
                .creatingOrUpdating(
                        Refund.class, accounts, (account, command, context) -> account.refund(command.order()))
                .build();
        return ProcessRunner.builder(feed(containers, CrashOrders.SERIALIZER), store, bus)
                .processStore(
                        CosmosEventStore.of(processes(containers), ProcessEvent.serializer()),
                        feed(processes(containers), ProcessEvent.serializer()),
                        timers(containers, clock))
                .clock(clock)
                .from(StartPosition.BEGINNING)
                .pollEvery(Duration.ofMillis(200))
                .react(CrashOrders.POINTS)
                .run(CrashOrders.EXPIRY);
    }

    private static CosmosEventFeed feed(CosmosContainers containers, EventSerializer serializer) {
        return CosmosEventFeed.builder(containers, serializer)
                .pollInterval(Duration.ofMillis(200))
                .eventsPerDelivery(20)
                .leases(Duration.ofMillis(500), Duration.ofSeconds(1), FeedInstance.EXPIRATION)
                .build();
    }

    /**
     * Runs the reaction and the process until it is killed, or its standard input ends. Each line of the input is the new time.
     *
     * @param arguments the endpoint, the database and the time
     */
    public static void main(String[] arguments) throws Exception {
        ManualClock clock = new ManualClock(Instant.parse(arguments[2]));
        try (CosmosAsyncClient client =
                        CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient();
                ProcessRunner runner =
                        runner(CosmosContainers.in(client, arguments[1]), clock).start();
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                clock.set(Instant.parse(line));
            }
        }
        System.exit(0);
    }
}
