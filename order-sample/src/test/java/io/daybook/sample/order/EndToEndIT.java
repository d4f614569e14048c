package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.OrderScript.Step;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventFeed;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole system, from a command over HTTP to the consumer of the topic: the sample in a separate process, the test
 * server for Cosmos DB and the embedded broker. All of them fail during the run. In the end, the store must contain what
 * the responses said, and the consumer must have received what the store contains.
 *
 * <p>{@code -Ddaybook.soak.runs=} sets the number of runs, {@code -Ddaybook.soak.seed=} the seed of the first, and
 * {@code -Ddaybook.commands=} the number of commands of each run, which has a tenth as many orders. The commands and the
 * faults follow from the seed, but the timing of the processes does not. To reproduce a failure, several runs may be
 * needed.
 */
class EndToEndIT {

    private static final int RUNS = Integer.getInteger("daybook.soak.runs", 1);
    private static final int FIRST_SEED = Integer.getInteger("daybook.soak.seed", new Random().nextInt(1, 1_000_000));
    private static final int COMMANDS = Integer.getInteger("daybook.commands", 500);
    private static final int ORDERS = COMMANDS / 10;
    /** As in production: the SDK may lose a session that the broker grants just when its request times out. */
    private static final Duration LOCK_DURATION = Duration.ofMinutes(1);

    private static final String TOPIC = "order-events";
    private static final String BILLING = "billing";
    private static final String READ_MODELS = "read-models";
    private static final String INBOX = TOPIC + "/subscriptions/" + BILLING;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    static IntStream seeds() {
        return IntStream.range(FIRST_SEED, FIRST_SEED + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void each_command_takes_effect_once_and_its_events_reach_the_consumer(int seed) throws Exception {
        CosmosTestServer server = CosmosAccount.server();
        String database = CosmosAccount.newDatabase();
        try (ServiceBusTestServer broker = ServiceBusTestServer.start(directory, 0)) {
            broker.createTopic(TOPIC, BILLING, READ_MODELS);
            broker.setLockDuration(LOCK_DURATION);
            run(seed, server, database, broker);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "repeat it with -Ddaybook.soak.seed=" + seed + " -Ddaybook.soak.runs=1 -Ddaybook.commands="
                            + COMMANDS + ", logs in " + directory + ": " + e.getMessage(),
                    e);
        } finally {
            server.clear(database);
            CosmosAccount.delete(database);
        }
    }

    private void run(int seed, CosmosTestServer server, String database, ServiceBusTestServer broker) throws Exception {
        long startNanos = System.nanoTime();
        Map<String, String> environment = SampleProcess.environment(server, database, broker);
        environment.put("SERVICEBUS_SUBSCRIPTION", READ_MODELS);
        Deliveries deliveries = new Deliveries();
        try (SampleProcess sample = SampleProcess.start(directory, environment);
                Subscription billing = ServiceBusEventFeed.fromTopic(
                                TOPIC,
                                () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()),
                                OrderEvents.serializer())
                        .build()
                        .subscribe(BILLING, StartPosition.BEGINNING, deliveries)) {
            Progress progress = new Progress();
            PatientClient client = new PatientClient(sample, OrderScript.steps(seed, ORDERS, COMMANDS), progress);
            Disturbances disturbances = new Disturbances(
                    seed,
                    server,
                    database,
                    broker,
                    TOPIC,
                    sample,
                    () -> deliveries.applied().count() >= client.accepted());
            sendAllWhile(disturbances, progress, client);
            server.clear(database);

            Map<Integer, List<JsonNode>> stored = stored(client);
            int events = stored.values().stream().mapToInt(List::size).sum();
            awaitApplied(events, deliveries, broker, billing);
            checkOrders(client, stored);
            awaitListed(client, stored);
            sample.stop();
            awaitApplied(events, deliveries, broker, billing);
            billing.close();
            checkDeliveries(client, stored, deliveries);
            assertThat(sample.log()).doesNotContain("level=ERROR", "SharedAccessKey", CosmosTestServer.KEY, "CUST-123");

            System.out.printf(
                    "EndToEndIT: seed %d, %d commands, %d accepted, %d requests repeated, %d answers replayed, %d events,"
                            + " %d handed to the consumer, %d applied, %d s; %s%n",
                    seed,
                    COMMANDS,
                    client.accepted(),
                    client.repeats(),
                    client.replayed(),
                    events,
                    deliveries.handed(),
                    deliveries.applied().count(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos),
                    disturbances.done());
        }
    }

    private static void sendAllWhile(Disturbances disturbances, Progress progress, PatientClient client)
            throws Exception {
        progress.allow(0);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> disturbing = thread.submit(() -> {
                disturbances.run(progress, COMMANDS);
                return null;
            });
            client.sendAll();
            disturbing.get();
        } finally {
            thread.shutdownNow();
        }
    }

    private static Map<Integer, List<JsonNode>> stored(PatientClient client) throws Exception {
        Map<Integer, List<JsonNode>> stored = new HashMap<>();
        for (int order = 0; order < ORDERS; order++) {
            List<JsonNode> events = new ArrayList<>();
            client.get("/orders/" + client.orderId(order) + "/events")
                    .get("events")
                    .forEach(events::add);
            stored.put(order, events);
        }
        return stored;
    }

    /** Until the consumer has seen so many events, and there is nothing more for it to see. */
    private static void awaitApplied(
            int events, Deliveries deliveries, ServiceBusTestServer broker, Subscription billing) {
        await().untilAsserted(() -> {
            assertThat(deliveries.applied().count())
                    .as(
                            "%s, %d messages left",
                            billing.status(), broker.messages(INBOX).size())
                    .isEqualTo(events);
            assertThat(broker.messages(INBOX)).isEmpty();
        });
    }

    /** Waits until the list of orders, whose read model follows the topic, shows the stored versions of the last ones. */
    private static void awaitListed(PatientClient client, Map<Integer, List<JsonNode>> stored) throws Exception {
        Map<String, Integer> versions = new HashMap<>();
        for (int order = Math.max(0, ORDERS - 100); order < ORDERS; order++) {
            versions.put(client.orderId(order), stored.get(order).size());
        }
        await().pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            Map<String, Integer> listed = new HashMap<>();
            client.get("/orders?limit=100&sort=-created_at")
                    .get("orders")
                    .forEach(order -> listed.put(
                            order.get("order_id").textValue(),
                            order.get("version").intValue()));
            assertThat(listed).isEqualTo(versions);
        });
    }

    /** The store holds exactly the results that the clients received. */
    private static void checkOrders(PatientClient client, Map<Integer, List<JsonNode>> stored) throws Exception {
        Map<String, Long> accepted = new HashMap<>();
        Map<Integer, List<String>> products = new HashMap<>();
        for (Map.Entry<Step, Answer> told : client.answers().entrySet()) {
            Step step = told.getKey();
            Answer answer = told.getValue();
            assertThat(answer.status()).as(answer.body()).isIn(200, 201, 409, 422);
            if (answer.status() < 300) {
                accepted.put(step.key(), answer.json().get("version").asLong());
                if (step.action().equals("items")) {
                    products.computeIfAbsent(step.order(), unseen -> new ArrayList<>())
                            .add(step.product());
                }
            }
        }
        Map<String, Long> found = new HashMap<>();
        for (List<JsonNode> events : stored.values()) {
            for (JsonNode event : events) {
                Long before = found.put(
                        event.get("command_id").asText(),
                        event.get("sequence_number").asLong());
                assertThat(before).as("a command took effect twice: %s", event).isNull();
            }
        }
        assertThat(found).isEqualTo(accepted);
        for (int order = 0; order < ORDERS; order++) {
            List<String> items = new ArrayList<>();
            StreamId stream = StreamId.of(Order.TYPE.name(), client.orderId(order));
            ConsistencyToken token =
                    ConsistencyToken.of(stream, stored.get(order).size());
            client.get("/orders/" + stream.aggregateId(), "Consistency-Token", token.toString())
                    .get("items")
                    .forEach(item -> items.add(item.get("product_id").asText()));
            assertThat(items).contains("PROD-001");
            items.remove("PROD-001");
            assertThat(items).containsExactlyInAnyOrderElementsOf(products.getOrDefault(order, List.of()));
        }
    }

    /** What is stored is what the consumer saw, in order per order, and its helper left out what came twice. */
    private static void checkDeliveries(
            PatientClient client, Map<Integer, List<JsonNode>> stored, Deliveries deliveries) throws Exception {
        for (int order = 0; order < ORDERS; order++) {
            StreamId stream = StreamId.of(Order.TYPE.name(), client.orderId(order));
            List<String> ids = stored.get(order).stream()
                    .map(event -> event.get("event_id").asText())
                    .toList();
            assertThat(deliveries.firstSeen(stream)).isEqualTo(ids);
            assertThat(deliveries.applied().of(stream))
                    .isEqualTo(LongStream.rangeClosed(1, ids.size()).boxed().toList());
        }
    }
}
