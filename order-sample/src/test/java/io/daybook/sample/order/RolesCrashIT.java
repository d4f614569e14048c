package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.OrderScript.Step;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample as two processes, one for the API and one for the projector and the relay, over the test server for Cosmos DB, Redis and the
 * embedded broker. Either is killed while commands and queries run.
 *
 * <p>{@code -Ddaybook.commands=} says how many commands there are, with five queries for each; {@code -Ddaybook.soak.seed=} repeats a run.
 */
@Tag("faults")
class RolesCrashIT {

    private static final int SEED = Integer.getInteger("daybook.soak.seed", new Random().nextInt(1, 1_000_000));
    private static final int COMMANDS = Integer.getInteger("daybook.commands", 100);
    private static final int ORDERS = Math.min(100, COMMANDS / 10); // at most a page
    private static final int QUERIES_PER_COMMAND = 5;
    private static final int QUERIES = QUERIES_PER_COMMAND * COMMANDS;
    private static final int READERS = 3;
    private static final String CUSTOMER = "CUST-123"; // of all orders, see RunningOrders.CREATE
    private static final String TOPIC = "order-events";
    private static final String BILLING = "billing";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final String database = CosmosAccount.newDatabase();
    private final List<Step> steps = OrderScript.steps(SEED, ORDERS, COMMANDS);
    private final Progress progress = new Progress();
    private final AtomicInteger queries = new AtomicInteger();

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void reads_with_a_token_are_current_whichever_process_is_killed() throws Exception {
        System.out.println("RolesCrashIT: repeat it with -Ddaybook.soak.seed=" + SEED);
        CosmosTestServer server = CosmosAccount.server();
        try (ServiceBusTestServer broker = ServiceBusTestServer.start(directory, 0);
                TestRedis redis = TestRedis.start()) {
            broker.createTopic(TOPIC, BILLING);
            Map<String, String> environment = SampleProcess.environment(server, database, broker);
            environment.put("REDIS_URL", redis.url());
            try (SampleProcess projector = start("projector,relay", environment);
                    SampleProcess api = start("api", environment)) {
                PatientClient client = new PatientClient(api, steps, progress);
                await().untilAsserted(() -> client.get("/orders")); // the read models are built
                runAll(client, List.of(api, projector));
                awaitComplete(client, broker);
                System.out.printf(
                        "RolesCrashIT: %d commands, %d queries, %d requests repeated%n",
                        COMMANDS, queries.get(), client.repeats());
                assertThat(api.log() + projector.log()).doesNotContain("level=ERROR");
            }
        } finally {
            CosmosAccount.delete(database);
        }
    }

    private SampleProcess start(String roles, Map<String, String> environment) throws Exception {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("ROLES", roles);
        return SampleProcess.start(Files.createDirectory(directory.resolve(roles)), variables);
    }

    private void runAll(PatientClient client, List<SampleProcess> processes) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> kill(processes));
        tasks.add(() -> {
            client.sendAll();
            return null;
        });
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(SEED + i);
            tasks.add(() -> query(client, random));
        }
        progress.allow(0);
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CompletionService<Void> running = new ExecutorCompletionService<>(threads);
            tasks.forEach(running::submit);
            for (int i = 0; i < tasks.size(); i++) {
                running.take().get();
            }
        } finally {
            progress.end();
            threads.shutdownNow();
        }
    }

    /** Kills each process, and one of them again. Commands run up to the next kill. */
    private Void kill(List<SampleProcess> processes) throws Exception {
        Random random = new Random(SEED);
        List<SampleProcess> victims = new ArrayList<>(processes);
        victims.add(processes.get(random.nextInt(processes.size())));
        Collections.shuffle(victims, random);
        int part = COMMANDS / (victims.size() + 1);
        for (int i = 0; i < victims.size(); i++) {
            progress.allow((i + 2) * part);
            progress.awaitAnswered(i * part + 1 + random.nextInt(part));
            victims.get(i).crash();
        }
        progress.allow(COMMANDS);
        return null;
    }

    private Void query(PatientClient client, Random random) throws Exception {
        for (int query = queries.getAndIncrement(); query < QUERIES; query = queries.getAndIncrement()) {
            progress.awaitAnswered(1 + query / QUERIES_PER_COMMAND); // so that queries run as long as commands
            Step step = steps.get(random.nextInt(Math.max(1, progress.count())));
            Answer told = client.answers().get(step);
            if (told == null || told.status() >= 300) {
                queries.decrementAndGet();
                continue;
            }
            switch (random.nextInt(5)) {
                case 0 -> requireListed(client, step, told);
                case 1 -> requireSummedUp(client);
                default -> requireCurrent(client, step, told);
            }
        }
        return null;
    }

    private static long version(Answer told) {
        return told.json().get("version").asLong();
    }

    private static String token(Answer told) {
        return told.header("Consistency-Token");
    }

    private void requireCurrent(PatientClient client, Step step, Answer told) throws Exception {
        JsonNode order = client.get("/orders/" + client.orderId(step.order()), "Consistency-Token", token(told));
        assertThat(order.get("version").asLong()).as("seed %d, %s", SEED, step).isGreaterThanOrEqualTo(version(told));
    }

    private void requireListed(PatientClient client, Step step, Answer told) throws Exception {
        String id = client.orderId(step.order());
        JsonNode list = client.get(
                "/orders?sort=created_at&limit=100&customer_id=" + CUSTOMER, "Consistency-Token", token(told));
        long listed = 0;
        for (JsonNode order : list.get("orders")) {
            listed = order.get("order_id").asText().equals(id)
                    ? order.get("version").asLong()
                    : listed;
        }
        assertThat(listed).as("seed %d, list with %s", SEED, step).isGreaterThanOrEqualTo(version(told));
    }

    /** A token of several orders, all of which are summed up. */
    private void requireSummedUp(PatientClient client) throws Exception {
        ConsistencyToken token = ConsistencyToken.none();
        for (Map.Entry<Step, Answer> each : client.answers().entrySet()) {
            if (each.getKey().creates() && token.streams().size() < ConsistencyToken.MAX_STREAMS) {
                token = token.and(ConsistencyToken.parse(token(each.getValue())));
            }
        }
        JsonNode summary = client.get("/customers/" + CUSTOMER + "/summary", "Consistency-Token", token.toString());
        assertThat(summary.get("orders").asInt())
                .as("seed %d, summary", SEED)
                .isGreaterThanOrEqualTo(token.streams().size());
    }

    /** Without tokens, every list and summary ends as the commands were answered, and every event reaches the topic. */
    private void awaitComplete(PatientClient client, ServiceBusTestServer broker) throws Exception {
        Map<String, Long> versions = new HashMap<>();
        Map<String, Integer> actions = new HashMap<>();
        for (Map.Entry<Step, Answer> each : client.answers().entrySet()) {
            if (each.getValue().status() < 300) {
                versions.merge(client.orderId(each.getKey().order()), version(each.getValue()), Math::max);
                actions.merge(each.getKey().action(), 1, Integer::sum);
            }
        }
        long shipped = actions.getOrDefault("ship", 0);
        long cancelled = actions.getOrDefault("cancel", 0);
        await().pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            assertThat(listed(client, "")).as("seed %d", SEED).isEqualTo(versions);
            assertThat(listed(client, "&status=shipped")).hasSize((int) shipped);
            assertThat(listed(client, "&status=cancelled")).hasSize((int) cancelled);
            JsonNode summary = client.get("/customers/" + CUSTOMER + "/summary");
            assertThat(summary.get("orders").asInt()).isEqualTo(ORDERS);
            assertThat(summary.get("shipped").asLong()).isEqualTo(shipped);
            assertThat(summary.get("cancelled").asLong()).isEqualTo(cancelled);
            assertThat(broker.messages(TOPIC + "/subscriptions/" + BILLING).stream()
                            .map(StoredMessage::messageId)
                            .distinct())
                    .hasSize(versions.values().stream().mapToInt(Long::intValue).sum());
        });
    }

    private static Map<String, Long> listed(PatientClient client, String filter) throws Exception {
        Map<String, Long> listed = new HashMap<>();
        String after = "";
        do {
            JsonNode page = client.get("/orders?limit=10" + filter + after);
            page.get("orders")
                    .forEach(order -> assertThat(listed.put(
                                    order.get("order_id").asText(),
                                    order.get("version").asLong()))
                            .as("listed twice")
                            .isNull());
            after = page.hasNonNull("next") ? "&after=" + page.get("next").asText() : "";
        } while (!after.isEmpty());
        return listed;
    }
}
