package io.daybook.cosmos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ManualClock;
import io.daybook.contract.Patience;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.cosmos.crash.CrashOrders.Order;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.InstanceState;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
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
import org.awaitility.core.ConditionFactory;
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
 * <p>{@code -Ddaybook.process.seed=} repeats a run, {@code -Ddaybook.process.runs=} says how many there are, and
 * {@code -Ddaybook.process.orders=} says how many orders there are in each. What is done, what goes wrong and when a JVM is killed follow
 * from these; how the threads meet does not.
 */
@Tag("seeds")
public abstract class ProcessCrashContract {

    private static final int ORDERS = Integer.getInteger("daybook.process.orders", 150);
    private static final int EXPIRING = ORDERS * 2 / 3; // the others are placed and shipped while these expire
    private static final int ACCOUNTS = 20;
    private static final int SHOWN = 10;
    private static final int RUNS = Integer.getInteger("daybook.process.runs", 1);
    private static final long FIRST_SEED = Long.getLong("daybook.process.seed", System.nanoTime());

    private final String database = CosmosAccount.newDatabase();
    private final CosmosContainers containers = CosmosContainers.in(CosmosAccount.client(), database);
    private final ManualClock clock = new ManualClock(Instant.now());
    private final List<JavaProcess> running = new ArrayList<>();
    private CosmosTestServer server;
    private CosmosEventStore store;
    private AggregateRepository<Order> orders;
    private ProcessRunner operator; // shows instances and runs nothing

    /**
     * Starts a JVM whose {@code main} runs {@link CrashRunner#builder} and {@link CrashRunner#followInput}.
     *
     * @param endpoint that of the Cosmos DB test server
     * @param time the time
     * @return the JVM
     */
    protected abstract JavaProcess start(String endpoint, String time);

    /** {@return a store of the timers of both JVMs, which has not set any of them} */
    protected abstract TimerStore otherTimers();

    /** {@return how many timers are set} */
    protected abstract int timersSet();

    /**
     * Injects faults beyond those of the containers.
     *
     * @param random says which
     */
    protected void injectFaults(Random random) {}

    /** Does what has to happen when the time has changed. */
    protected void timeHasPassed() {}

    /** Fails if anything waits that no JVM will handle. */
    protected void requireNothingLeft() {}

    /** {@return what waits to be handled, for a test that has failed} */
    protected abstract String waiting();

    /** {@return the name of the database} */
    protected final String database() {
        return database;
    }

    /** {@return the containers of the orders} */
    protected final CosmosContainers containers() {
        return containers;
    }

    /** {@return the time of the JVMs} */
    protected final ManualClock clock() {
        return clock;
    }

    @BeforeEach
    final void createContainers() {
        server = CosmosAccount.server();
        ThroughputProperties small = ThroughputProperties.createManualThroughput(400);
        ThroughputProperties partitioned = ThroughputProperties.createManualThroughput(20_000);
        containers.createIfMissing(partitioned, small, small);
        CrashRunner.processes(containers).createIfMissing(partitioned, small, small);
        store = CosmosEventStore.of(containers, CrashOrders.SERIALIZER);
        orders = AggregateRepository.of(Order.TYPE, store).clock(clock);
        operator = CrashRunner.builder(containers, CrashRunner.orders(containers), new InMemoryTimerStore(), clock)
                .build();
    }

    @AfterEach
    final void end() {
        running.forEach(JavaProcess::destroy);
        server.clear(database);
        CosmosAccount.delete(database);
    }

    protected static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    final void each_effect_happens_once_though_a_process_is_killed(long seed) throws Exception {
        String name = getClass().getSimpleName();
        System.out.println(
                name + ": repeat it with -Ddaybook.process.seed=" + seed + " -Ddaybook.process.orders=" + ORDERS);
        try {
            run(new Random(seed));
        } catch (Exception | AssertionError e) {
            server.clear(database);
            System.out.println(name + ": failed with seed " + seed + " at " + clock.instant() + "\n" + state());
            throw e;
        }
    }

    private void run(Random random) throws Exception {
        injectFaultsOfContainers(random);
        injectFaults(random);
        startProcess();
        startProcess();
        IntStream.range(0, EXPIRING).forEach(order -> place(order, random));
        int killedAt = random.nextInt(EXPIRING);
        boolean reacting = random.nextBoolean();
        if (reacting) {
            patience().untilAsserted(() -> assertThat(effects()).hasSizeGreaterThan(killedAt));
            killOne();
        }
        List<ProcessTimer> rung = awaitTimers();
        IntStream.range(0, EXPIRING)
                .filter(ProcessCrashContract::isShippedInTime)
                .forEach(this::ship);
        passTime(CrashOrders.TIME_TO_SHIP);
        race(rung, reacting ? EXPIRING : killedAt, random);
        IntStream.range(0, ORDERS).forEach(order -> await(() -> requireEnded(order)));
        await(() -> assertThat(effects().keySet()).isEqualTo(expectedEffects().keySet()));
        TimerStore others = otherTimers();
        rung.forEach(others::set); // late, and after the end
        passTime(CrashOrders.TIME_TO_SHIP);
        await(() -> assertThat(timersSet()).isZero());
        await(this::requireNothingLeft);
        for (JavaProcess each : running) {
            each.end();
        }
        server.clear(database);
        Map<String, Integer> wrong = effects();
        wrong.entrySet().removeAll(expectedEffects().entrySet());
        assertThat(wrong).as("wrong effects").isEmpty();
        IntStream.range(0, ORDERS).forEach(this::requireStepsTakenOnce);
    }

    /** Ships orders while they expire, places others, and lets timers ring again. */
    private void race(List<ProcessTimer> rung, int killedAt, Random random) throws InterruptedException {
        TimerStore others = otherTimers();
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
                others.set(rung.get(random.nextInt(EXPIRING))); // once more, if it has rung
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

    private void injectFaultsOfContainers(Random random) {
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
        running.add(start(server.endpoint(), clock.instant().toString()));
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
        timeHasPassed();
    }

    private void ship(int order) {
        try {
            orders.update(id(order), UpdateContext.empty(), Order::ship);
        } catch (DomainException e) {
            assertThat(isShippedLate(order)).isTrue(); // it has expired
        }
    }

    /** Waits. The injected faults also hit the queries of this test. */
    private static ConditionFactory patience() {
        return Patience.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .ignoreException(EventStoreUnavailableException.class)
                .ignoreException(CosmosException.class);
    }

    /** Waits while time passes, in which crashed instances lose their slots and commands are sent again. */
    private void await(ThrowingRunnable assertion) {
        patience().untilAsserted(() -> {
            passTime(Duration.ofSeconds(10));
            assertion.run();
        });
    }

    private List<ProcessTimer> awaitTimers() {
        List<ProcessTimer> set = new ArrayList<>();
        for (int order = 0; order < EXPIRING; order++) {
            String id = id(order);
            set.add(patience()
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

    private static boolean hasEnded(ProcessInstance instance) {
        return instance.state() == InstanceState.COMPLETED
                && instance.unanswered().isEmpty();
    }

    private void requireEnded(int order) {
        assertThat(operator.find(CrashOrders.EXPIRY, id(order)))
                .as(id(order))
                .hasValueSatisfying(instance ->
                        assertThat(hasEnded(instance)).as(instance.toString()).isTrue());
    }

    /** Each event and timer takes one step at most, and none takes one after the end. A rejection may come after the end. */
    private void requireStepsTakenOnce(int order) {
        List<StepTaken> steps = operator.find(CrashOrders.EXPIRY, id(order)).orElseThrow().history().stream()
                .map(EventEnvelope::event)
                .filter(StepTaken.class::isInstance)
                .map(StepTaken.class::cast)
                .filter(step -> step.cause().kind() != CauseKind.REJECTION)
                .toList();
        assertThat(steps).as(id(order)).extracting(step -> step.cause().key()).doesNotHaveDuplicates();
        assertThat(steps.subList(0, steps.size() - 1)).as(id(order)).noneMatch(StepTaken::ended);
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

    /** Lets the JVMs write their status to standard error, and returns what they have not done. */
    private String state() throws InterruptedException {
        for (JavaProcess each : running) {
            each.askForStatus();
        }
        List<String> open = new ArrayList<>();
        for (int order = 0; order < ORDERS && open.size() < SHOWN; order++) {
            operator.find(CrashOrders.EXPIRY, id(order))
                    .filter(instance -> !hasEnded(instance))
                    .ifPresent(instance -> open.add(instance + " timers=" + instance.timers() + " unanswered="
                            + instance.unanswered().size() + " parked=" + instance.parked()));
        }
        return "instances that have not ended, at most " + SHOWN + ": " + open + "\n" + waiting();
    }
}
