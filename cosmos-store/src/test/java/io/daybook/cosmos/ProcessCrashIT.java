package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.cosmos.CrashOrders.Order;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.InstanceState;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessTimer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A reaction and a process in two JVMs, over two physical partitions, while requests fail and one JVM is killed. Orders are shipped while
 * they expire, and their timers ring again.
 *
 * <p>{@code -Ddaybook.process.seed=} repeats a run, {@code -Ddaybook.process.runs=} says how many there are. What is done, what goes wrong
 * and when a JVM is killed follow from the seed; how the threads meet does not.
 */
@Tag("seeds")
class ProcessCrashIT {

    private static final int ORDERS = 300;
    private static final int EXPIRING = 200; // the others are placed and shipped while these expire
    private static final int ACCOUNTS = 20;
    private static final int RUNS = Integer.getInteger("daybook.process.runs", 1);
    private static final long FIRST_SEED = Long.getLong("daybook.process.seed", System.nanoTime());
    private static final Instant PLACED = Instant.parse("2026-01-01T12:00:00Z");

    private final String database = CosmosAccount.newDatabase();
    private final CosmosContainers containers = CosmosContainers.in(CosmosAccount.client(), database);
    private final ManualClock clock = new ManualClock(PLACED);
    private final List<JavaProcess> running = new ArrayList<>();
    private CosmosTestServer server;
    private CosmosEventStore store;
    private AggregateRepository<Order> orders;
    private CosmosTimerStore timers;
    private ProcessRunner operator; // shows instances and runs nothing

    @BeforeEach
    void createContainers() {
        server = CosmosAccount.server();
        ThroughputProperties small = ThroughputProperties.createManualThroughput(400);
        ThroughputProperties partitioned = ThroughputProperties.createManualThroughput(20_000);
        containers.createIfMissing(partitioned, small, small);
        RunnerInstance.processes(containers).createIfMissing(partitioned, small, small);
        store = CosmosEventStore.of(containers, CrashOrders.SERIALIZER);
        orders = AggregateRepository.of(Order.TYPE, store).clock(clock);
        timers = RunnerInstance.timers(containers, clock);
        operator = RunnerInstance.runner(containers, clock).build();
    }

    @AfterEach
    void end() {
        running.forEach(JavaProcess::destroy);
        server.clear(database);
        CosmosAccount.delete(database);
    }

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void each_effect_happens_once_though_a_process_is_killed(long seed) throws Exception {
        System.out.println("ProcessCrashIT: repeat it with -Ddaybook.process.seed=" + seed);
        Random random = new Random(seed);
        injectFaults(random);
        startProcess();
        startProcess();
        IntStream.range(0, EXPIRING).forEach(order -> place(order, random));
        int killedAt = random.nextInt(EXPIRING);
        boolean reacting = random.nextBoolean();
        if (reacting) {
            await(() -> assertThat(effects()).hasSizeGreaterThan(killedAt));
            killOne();
        }
        List<ProcessTimer> rung = awaitTimers();
        IntStream.range(0, EXPIRING).filter(ProcessCrashIT::isShippedInTime).forEach(this::ship);
        passTime(CrashOrders.TIME_TO_SHIP);
        race(rung, reacting ? EXPIRING : killedAt, random);
        IntStream.range(0, ORDERS).forEach(order -> await(() -> requireEnded(order)));
        await(() -> assertThat(effects().keySet()).isEqualTo(expectedEffects().keySet()));
        rung.forEach(timers::set); // late, and after the end
        await(() -> assertThat(timersSet()).isZero());
        for (JavaProcess each : running) {
            each.end();
        }
        server.clear(database);
        Map<String, Integer> wrong = effects();
        wrong.entrySet().removeAll(expectedEffects().entrySet());
        assertThat(wrong).as("wrong effects, seed " + seed).isEmpty();
    }

    /** Ships orders while they expire, places others, and lets timers ring again. */
    private void race(List<ProcessTimer> rung, int killedAt, Random random) throws InterruptedException {
        List<Integer> shuffled = IntStream.range(0, EXPIRING).boxed().collect(Collectors.toList());
        Collections.shuffle(shuffled, random);
        for (int i = 0; i < EXPIRING; i++) {
            if (isShippedLate(shuffled.get(i))) {
                ship(shuffled.get(i));
            }
            if (EXPIRING + i < ORDERS) {
                place(EXPIRING + i, random);
                ship(EXPIRING + i);
            }
            if (random.nextBoolean()) {
                timers.set(rung.get(random.nextInt(EXPIRING))); // once more, if it has rung
            }
            if (i == killedAt) {
                killOne();
            }
        }
    }

    private static String id(int order) {
        return "order-" + order;
    }

    private void place(int order, Random random) {
        String account = "account-" + random.nextInt(ACCOUNTS);
        orders.create(id(order), UpdateContext.empty(), placed -> placed.place(account));
    }

    private static boolean isShippedInTime(int order) {
        return order >= EXPIRING || order % 5 == 0;
    }

    /** Returns whether an order is shipped while it expires. The others are not shipped. */
    private static boolean isShippedLate(int order) {
        return order < EXPIRING && order % 5 > 1;
    }

    private void injectFaults(Random random) {
        for (String container : List.of("events", "processes", "timers")) {
            server.inject(CosmosFault.on(database, container, "create|delete|batch")
                    .dropAfter()
                    .probability(0.02, random.nextInt()));
            server.inject(CosmosFault.on(database, container, "create|delete|batch|query|read")
                    .status(503)
                    .probability(0.01, random.nextInt()));
        }
    }

    private void startProcess() {
        running.add(JavaProcess.start(
                RunnerInstance.class,
                server.endpoint(),
                database,
                clock.instant().toString()));
    }

    /** Kills a process in the middle of its work, and starts another one. */
    private void killOne() throws InterruptedException {
        running.remove(0).kill();
        startProcess();
    }

    private void passTime(Duration time) throws IOException {
        clock.advance(time);
        for (JavaProcess each : running) {
            each.send(clock.instant().toString());
        }
    }

    private void ship(int order) {
        try {
            orders.update(id(order), UpdateContext.empty(), Order::ship);
        } catch (DomainException e) {
            assertThat(isShippedLate(order)).isTrue(); // it has expired
        }
    }

    /**
     * Waits while time passes, in which crashed instances lose their slots and commands are sent again. The injected faults
     * also hit the queries of this test.
     */
    private void await(ThrowingRunnable assertion) {
        Patience.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .ignoreException(EventStoreUnavailableException.class)
                .ignoreException(CosmosException.class)
                .untilAsserted(() -> {
                    passTime(Duration.ofSeconds(10));
                    assertion.run();
                });
    }

    private List<ProcessTimer> awaitTimers() {
        List<ProcessTimer> set = new ArrayList<>();
        for (int order = 0; order < EXPIRING; order++) {
            String id = id(order);
            set.add(Patience.await()
                    .pollDelay(Duration.ZERO)
                    .ignoreException(EventStoreUnavailableException.class)
                    .until(() -> operator.find(CrashOrders.EXPIRY, id), Optional::isPresent)
                    .map(ProcessInstance::timers)
                    .map(timers -> new ProcessTimer(
                            StreamId.of("Expiry", id),
                            timers.get(0).key(),
                            timers.get(0).due()))
                    .orElseThrow());
        }
        return set;
    }

    private void requireEnded(int order) {
        ProcessInstance instance = operator.find(CrashOrders.EXPIRY, id(order)).orElseThrow();
        assertThat(instance.state()).as(instance.toString()).isEqualTo(InstanceState.COMPLETED);
        assertThat(instance.unanswered()).isEmpty();
    }

    private int timersSet() {
        return CosmosAccount.client()
                .getDatabase(database)
                .getContainer("timers")
                .queryItems(
                        TimerDocuments.due(TimerDocuments.SLOTS, Instant.MAX, ORDERS),
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .collectList()
                .block()
                .size();
    }

    private List<EventEnvelope> events(String aggregateType, String id) {
        try (Stream<EventEnvelope> events = store.read(StreamId.of(aggregateType, id), 0, Long.MAX_VALUE)) {
            return events.toList();
        }
    }

    /** Returns how often each order had each effect on its account. */
    private Map<String, Integer> effects() {
        Map<String, Integer> effects = new TreeMap<>();
        for (int account = 0; account < ACCOUNTS; account++) {
            events("Account", "account-" + account)
                    .forEach(event -> effects.merge(event.event().toString(), 1, Integer::sum));
        }
        return effects;
    }

    private Map<String, Integer> expectedEffects() {
        Map<String, Integer> expected = new TreeMap<>();
        for (int order = 0; order < ORDERS; order++) {
            List<String> types = events("Order", id(order)).stream()
                    .map(event -> event.metadata().eventType())
                    .toList();
            assertThat(types).as(id(order)).hasSize(2).element(1).isIn(outcomes(order));
            expected.put(new CrashOrders.PointsAdded(id(order)).toString(), 1);
            if (types.contains("Expired")) {
                expected.put(new CrashOrders.Refunded(id(order)).toString(), 1);
            }
        }
        return expected;
    }

    private static List<Object> outcomes(int order) {
        if (isShippedLate(order)) {
            return List.of("Shipped", "Expired");
        }
        return List.of(isShippedInTime(order) ? "Shipped" : "Expired");
    }
}
