package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.CommandBus;
import io.daybook.contract.ManualClock;
import io.daybook.contract.Patience;
import io.daybook.cosmos.crash.CrashOrders;
import io.daybook.cosmos.crash.CrashOrders.Order;
import io.daybook.cosmos.crash.CrashOrders.Placed;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessTimer;
import io.daybook.process.Step;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the polls cost while many timers are pending, and how late due ones fire: as many as the property {@code daybook.timers} says,
 * 100,000 in the profile {@code soak}.
 */
class ManyTimersIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final int PENDING = Integer.getInteger("daybook.timers", 500);
    private static final int DUE = Math.min(1_000, PENDING / 10);
    private static final Duration POLLED_EVERY = Duration.ofSeconds(1);
    private static final Instant START = Instant.now();

    record Placement(String order) {}

    private static CosmosTestServer server;

    @BeforeAll
    static void setTimers() {
        server = CosmosAccount.server();
        CosmosTimerStore timers = CosmosTimerStore.of(DATABASE.containers());
        IntStream.range(0, PENDING)
                .parallel()
                .mapToObj(i -> new ProcessTimer(
                        StreamId.of("Pending", "order-" + i),
                        "timer-" + i,
                        START.plus(Duration.ofDays(1)).plusSeconds(i)))
                .forEach(timers::set);
    }

    @Test
    void polls_of_a_minute_cost_the_same_however_many_timers_are_pending() {
        ManualClock clock =
                new ManualClock(START.minus(Duration.ofHours(1))); // so that no later instance shares the slots
        Map<String, Integer> none = requestsOfOneMinute("empty-timers", clock);

        assertThat(requestsOfOneMinute("timers", clock)).isEqualTo(none);
        assertThat(none).isEqualTo(Map.of("plan", 60, "query", 60, "read", 6, "replace", 6));
    }

    private static Map<String, Integer> requestsOfOneMinute(String container, ManualClock clock) {
        CosmosTimerStore timers = CosmosTimerStore.builder(DATABASE.containers())
                .container(container)
                .clock(clock)
                .build();
        timers.due(clock.instant(), 100);
        clock.advance(Duration.ofSeconds(10)); // renews with the first poll
        server.clear(DATABASE.name());
        for (int poll = 0; poll < 60; poll++) {
            assertThat(timers.due(clock.instant(), 100)).isEmpty();
            clock.advance(Duration.ofSeconds(1));
        }
        return requests(container);
    }

    @Test
    void due_timers_fire_once_beside_pending_ones() {
        InMemoryEventStore store = new InMemoryEventStore(CrashOrders.SERIALIZER);
        InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
        Instant due = Instant.now().plus(POLLED_EVERY.multipliedBy(2)).plusMillis(20L * DUE); // when all are set
        ProcessManager<Placement> process = ProcessManager.named("Ringing", 1, Placement.class)
                .startsWith(
                        Placed.class,
                        Placed::id,
                        (step, event) -> step.become(new Placement(event.id()))
                                .timer("ring", due.plusMillis(10 * Long.parseLong(event.id()))))
                .onTimer("ring", Step::end)
                .build();
        AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, store);
        server.clear(DATABASE.name());
        long start = System.nanoTime();
        try (ProcessRunner runner = ProcessRunner.builder(
                        new InMemoryEventFeed(store),
                        store,
                        CommandBus.builder().build())
                .processStore(
                        processStore, new InMemoryEventFeed(processStore), CosmosTimerStore.of(DATABASE.containers()))
                .from(StartPosition.BEGINNING)
                .pollEvery(POLLED_EVERY)
                .run(process)
                .start()) {
            IntStream.range(0, DUE)
                    .forEach(i ->
                            orders.create(Integer.toString(i), UpdateContext.empty(), order -> order.place("account")));
            Patience.await().until(() -> runner.counts("Ringing").timersFired() == DUE);
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            report(delays(processStore), seconds);
            assertThat(runner.counts("Ringing").completed()).isEqualTo(DUE);
        }
    }

    /** Returns how many milliseconds after it was due each timer fired, in order. */
    private static long[] delays(InMemoryEventStore processStore) {
        return IntStream.range(0, DUE)
                .mapToObj(i -> processStore
                        .read(StreamId.of("Ringing", Integer.toString(i)), 1, 2)
                        .findFirst()
                        .orElseThrow())
                .mapToLong(fired -> Duration.between(
                                ((StepTaken) fired.event()).cause().at(),
                                fired.metadata().timestamp())
                        .toMillis())
                .sorted()
                .toArray();
    }

    private static void report(long[] delays, long seconds) {
        System.out.printf(
                "ManyTimersIT: %d pending, polled every %s; %d fired after %.0f ms on average, %d ms at the median, %d ms at most;"
                        + " requests in %d s: %s%n",
                PENDING,
                POLLED_EVERY,
                DUE,
                LongStream.of(delays).average().orElse(0),
                delays[DUE / 2],
                delays[DUE - 1],
                seconds,
                requests("timers"));
    }

    private static Map<String, Integer> requests(String container) {
        return server.requests(DATABASE.name()).entrySet().stream()
                .filter(each -> each.getKey().startsWith(container + "/"))
                .collect(
                        Collectors.toMap(each -> each.getKey().substring(container.length() + 1), Map.Entry::getValue));
    }
}
