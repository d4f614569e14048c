package io.daybook.cosmos.crash;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.contract.ManualClock;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.CosmosEventFeed;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.cosmos.crash.CrashOrders.Account;
import io.daybook.cosmos.crash.CrashOrders.AddPoints;
import io.daybook.cosmos.crash.CrashOrders.Expire;
import io.daybook.cosmos.crash.CrashOrders.Order;
import io.daybook.cosmos.crash.CrashOrders.Refund;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessRunner;
import io.daybook.process.TimerStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** A runner of the reaction and the process of {@link CrashOrders}, in this JVM or, for a {@link ProcessCrashContract}, in a separate one. */
public final class CrashRunner {

    /** A line that asks a separate JVM for its status. */
    static final String STATUS = "status";

    private static final Duration POLL = Duration.ofMillis(200);
    /** When others take over what an instance held that was killed. */
    private static final Duration EXPIRATION = Duration.ofSeconds(4);

    private CrashRunner() {}

    /**
     * {@return the containers of the processes}
     *
     * @param containers those of the orders
     */
    public static CosmosContainers processes(CosmosContainers containers) {
        return containers.named("processes", "snapshots", "leases");
    }

    /**
     * {@return the feed of the orders and accounts}
     *
     * @param containers those of the orders
     */
    public static CosmosEventFeed orders(CosmosContainers containers) {
        return feed(containers, CrashOrders.SERIALIZER);
    }

    private static CosmosEventFeed feed(CosmosContainers containers, EventSerializer serializer) {
        return CosmosEventFeed.builder(containers, serializer)
                .pollInterval(POLL)
                .eventsPerDelivery(20)
                .leases(Duration.ofMillis(500), Duration.ofSeconds(1), EXPIRATION)
                .build();
    }

    /**
     * Returns a runner.
     *
     * @param containers those of the orders
     * @param feed a feed of the orders
     * @param timers the timers of the process
     * @param clock the time, of the orders as well
     * @return its builder
     */
    public static ProcessRunner.Builder builder(
            CosmosContainers containers, EventFeed feed, TimerStore timers, Clock clock) {
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
        CosmosContainers processes = processes(containers);
        return ProcessRunner.builder(feed, store, bus)
                .processStore(
                        CosmosEventStore.of(processes, ProcessEvent.serializer()),
                        feed(processes, ProcessEvent.serializer()),
                        timers)
                .clock(clock)
                .from(StartPosition.BEGINNING)
                .pollEvery(POLL)
                .react(CrashOrders.POINTS)
                .run(CrashOrders.EXPIRY);
    }

    /**
     * Follows the standard input until it ends. A line is the new time, or asks for the status of what runs here.
     *
     * @param clock the clock that gets the time
     * @param status what is written to standard error when asked
     * @throws IOException if the input cannot be read
     */
    public static void followInput(ManualClock clock, Supplier<List<?>> status) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.equals(STATUS)) {
                status.get().forEach(System.err::println);
            } else {
                clock.set(Instant.parse(line));
            }
        }
    }
}
