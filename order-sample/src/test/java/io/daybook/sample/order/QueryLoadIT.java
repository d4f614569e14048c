package io.daybook.sample.order;

import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.sample.order.query.OrderSummaries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight clients send mixed queries, and some commands, to the sample on the Cosmos DB test server and a real Redis: no error, no answer older
 * than its token, bounded memory. It prints the figures. {@code -Ddaybook.load.seconds=60} is the long run.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@Tag("faults")
class QueryLoadIT {

    private static final long SECONDS = Long.getLong("daybook.load.seconds", 0);
    private static final int REQUESTS = 300;
    private static final int CLIENTS = 8;
    private static final int ORDERS = 24;
    private static final int CUSTOMERS = 5;
    private static final int SAMPLES = SECONDS > 0 ? 1_000 : 10;
    private static final long MAX_GROWTH = 128L << 20;
    // The sample's feeds take a lost lease over after more than a minute, of which the load may cost them several.
    private static final Duration CATCH_UP = Patience.LIMIT.multipliedBy(3);

    private interface Work {
        void run(int client, Random random) throws Exception;
    }

    private final String database = CosmosAccount.newDatabase();
    private final Map<String, long[]> times = new ConcurrentHashMap<>();
    private final AtomicLong done = new AtomicLong();
    private final List<String> ids = new ArrayList<>();
    private CosmosTestServer server;
    private volatile boolean cached = true;

    @BeforeEach
    void startServer() {
        server = CosmosAccount.server();
    }

    @AfterEach
    void deleteDatabase() {
        server.clear(database);
        CosmosAccount.delete(database);
    }

    /** The cache, without its documents while they are to come from the store. */
    private ReadCache switched(ReadCache cache) {
        return new ReadCache() {
            @Override
            public Optional<CachedDocument> get(String key) {
                return cached ? cache.get(key) : Optional.empty();
            }

            @Override
            public void put(String key, CachedDocument document, Duration timeToLive) {
                cache.put(key, document, timeToLive);
            }
        };
    }

    @Test
    void mixed_queries_of_eight_clients_get_no_error_and_no_stale_answer() throws Exception {
        try (TestRedis redis = TestRedis.start();
                RedisReadCache cache = RedisReadCache.of(redis.url())) {
            OrderComponents components = CosmosComponents.connect(Map.of(
                            "COSMOS_ENDPOINT",
                            server.endpoint(),
                            "COSMOS_KEY",
                            CosmosTestServer.KEY,
                            "COSMOS_DATABASE",
                            database))
                    .withReadCache(switched(cache), Duration.ofMinutes(5), () -> {});
            try (RunningOrders orders = RunningOrders.start(components)) {
                load(orders);
                ReadModelCollection documents = components.readModelStore().open(OrderSummaries.PROJECTION.schema());
                double direct =
                        perSecond((client, random) -> assertThat(documents.read(List.of(DocumentKey.of(anyOf(random)))))
                                .hasSize(1));
                System.out.printf("direct store reads: %.0f per second%n", direct);
                measureOneOrder(orders);
            }
        }
    }

    private String anyOf(Random random) {
        return ids.get(random.nextInt(ids.size()));
    }

    private void load(RunningOrders orders) throws Exception {
        for (int i = 0; i < ORDERS; i++) {
            ids.add(orders.post("/orders", CREATE.replace("CUST-123", "CUST-" + i % CUSTOMERS))
                    .orderId());
        }
        orders.application().projector().drain(CATCH_UP); // lists and summaries have no token here
        String[] tokens = new String[CLIENTS];
        Arrays.fill(tokens, "");
        long before = usedMemory();
        double perSecond = perSecond((client, random) -> tokens[client] = ask(orders, tokens[client], random));
        long growth = usedMemory() - before;
        System.out.printf(
                "mixed queries of %d clients: %d requests, %.0f per second, memory grew by %d KB%n",
                CLIENTS, done.get(), perSecond, growth >> 10);
        times.forEach((asked, time) ->
                System.out.printf("GET %s: %d requests, mean %d us%n", asked, time[0], time[1] / time[0]));
        assertThat(growth).as("bytes that the load left behind").isLessThan(MAX_GROWTH);
    }

    /** Sends one request and returns the token that the client continues with. */
    private String ask(RunningOrders orders, String token, Random random) throws Exception {
        String id = anyOf(random);
        int kind = random.nextInt(50);
        if (kind == 0) {
            Answer added = orders.post("/orders/" + id + "/items", ADD, "Consistency-Token", token);
            assertThat(added.status()).as(added.body()).isEqualTo(200);
            String after = added.header("Consistency-Token");
            Answer shown = get(orders, "/orders/" + id, after);
            assertThat(shown.json().get("version").asLong())
                    .isGreaterThanOrEqualTo(added.json().get("version").asLong());
            return shown.header("Consistency-Token");
        }
        String customer = "CUST-" + random.nextInt(CUSTOMERS);
        String path = switch (kind % 10) {
            case 1 -> "/orders?customer_id=" + customer + "&sort=-total_amount";
            case 2 -> "/orders?status=created&limit=5";
            case 3 -> "/orders/search?q=prod";
            case 4 -> "/customers/" + customer + "/summary";
            case 5 -> "/orders/" + id + "/history";
            case 6 -> "/orders/" + id + "?version=1";
            default -> "/orders/" + id;
        };
        long start = System.nanoTime();
        get(orders, path, random.nextBoolean() ? token : "");
        long micros = (System.nanoTime() - start) / 1_000;
        String asked = path.replaceAll("CUST-[0-9]+|" + id, "*");
        times.merge(asked, new long[] {1, micros}, (one, other) -> new long[] {one[0] + other[0], one[1] + other[1]});
        return token;
    }

    private static Answer get(RunningOrders orders, String path, String token) throws Exception {
        Answer answer = orders.get(path, "Consistency-Token", token);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        return answer;
    }

    /** Lets every client work, for some requests or for the time of the long run. */
    private double perSecond(Work work) throws Exception {
        done.set(0);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            List<Callable<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(() -> {
                    Random random = new Random(client);
                    while (SECONDS > 0 ? System.nanoTime() - end < 0 : done.get() < REQUESTS) {
                        work.run(client, random);
                        done.incrementAndGet();
                    }
                    return null;
                });
            }
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return done.get() * 1e9 / (System.nanoTime() - start);
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void measureOneOrder(RunningOrders orders) throws Exception {
        String id = ids.get(0);
        orders.application().projector().drain(CATCH_UP);
        measure("cache", () -> get(orders, "/orders/" + id, ""), () -> "");
        cached = false;
        measure("store", () -> get(orders, "/orders/" + id, ""), () -> "");
        cached = true;
        orders.application().projector().close();
        String[] token = {""};
        measure("read repair", () -> get(orders, "/orders/" + id, token[0]), () -> {
            Answer added = orders.post("/orders/" + id + "/items", ADD.replace("PROD-002", "PROD-003"));
            assertThat(added.status()).as(added.body()).isEqualTo(200);
            token[0] = added.header("Consistency-Token");
            return token[0];
        });
    }

    private static void measure(String from, Callable<Answer> read, Callable<String> before) throws Exception {
        long[] nanos = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            before.call();
            long start = System.nanoTime();
            read.call();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "GET /orders/{id} from %s: %d requests, p50 %d us, p99 %d us%n",
                from, SAMPLES, nanos[SAMPLES / 2] / 1_000, nanos[SAMPLES * 99 / 100] / 1_000);
    }
}
