package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.sample.order.RunningOrders.Answer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample on Cosmos DB: the test server, over the SDK and sockets. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CosmosOrdersIT {

    private final String database = CosmosAccount.newDatabase();
    private CosmosTestServer server;

    @BeforeEach
    void startServer() {
        server = CosmosAccount.server();
    }

    @AfterEach
    void deleteDatabase() {
        server.clear(database);
        CosmosAccount.delete(database);
    }

    static Map<String, String> environment(CosmosTestServer server, String database) {
        return Map.of(
                "COSMOS_ENDPOINT", server.endpoint(), "COSMOS_KEY", CosmosTestServer.KEY, "COSMOS_DATABASE", database);
    }

    private OrderComponents components() {
        return CosmosComponents.connect(environment(server, database));
    }

    @Test
    void orders_survive_a_restart() throws Exception {
        String id;
        try (RunningOrders first = RunningOrders.start(components())) {
            Answer created = first.post("/orders", CREATE);
            assertThat(created.status()).isEqualTo(201);
            id = created.orderId();
            assertThat(first.post("/orders/" + id + "/items", ADD).status()).isEqualTo(200);
        }
        try (RunningOrders second = RunningOrders.start(components())) {
            Answer order = second.get("/orders/" + id);
            assertThat(order.status()).isEqualTo(200);
            assertThat(order.json().get("items")).hasSize(2);
            assertThat(second.post("/orders/" + id + "/ship", SHIP).status()).isEqualTo(200);
        }
    }

    @Test
    void the_jar_finds_its_orders_again_after_it_was_killed(@TempDir Path directory) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        String id;
        Process first = SampleProcess.launch(directory.resolve("first"), jarEnvironment());
        try {
            URI orders = URI.create(SampleProcess.awaitUrl(directory.resolve("first")) + "/orders");
            HttpResponse<String> created = client.send(
                    HttpRequest.newBuilder(orders)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(CREATE))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(created.statusCode()).isEqualTo(201);
            id = new Answer(created).orderId();
        } finally {
            first.destroyForcibly().waitFor();
        }
        Process second = SampleProcess.launch(directory.resolve("second"), jarEnvironment());
        try {
            URI order = URI.create(SampleProcess.awaitUrl(directory.resolve("second")) + "/orders/" + id);
            HttpResponse<String> found =
                    client.send(HttpRequest.newBuilder(order).build(), BodyHandlers.ofString());
            assertThat(found.statusCode()).isEqualTo(200);
            second.destroy();
            assertThat(second.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(Files.readString(directory.resolve("second")))
                    .contains("order sample stopped")
                    .doesNotContain("CUST-123", CosmosTestServer.KEY, "level=ERROR");
        } finally {
            second.destroyForcibly();
        }
    }

    private Map<String, String> jarEnvironment() {
        Map<String, String> all = new HashMap<>(environment(server, database));
        all.put("PORT", "0");
        return all;
    }

    @Test
    void two_samples_on_one_database_behave_as_one() throws Exception {
        try (RunningOrders one = RunningOrders.start(components());
                RunningOrders two = RunningOrders.start(components())) {
            Answer created = one.post("/orders", CREATE, "Idempotency-Key", "create-1");
            String id = created.orderId();
            Answer repeated = two.post("/orders", CREATE, "Idempotency-Key", "create-1");
            assertThat(repeated.orderId()).isEqualTo(id);

            for (int i = 0; i < 10; i++) {
                RunningOrders either = i % 2 == 0 ? one : two;
                RunningOrders other = i % 2 == 0 ? two : one;
                String key = "add-" + i;
                assertThat(either.post("/orders/" + id + "/items", ADD, "Idempotency-Key", key)
                                .status())
                        .isEqualTo(200);
                assertThat(other.post("/orders/" + id + "/items", ADD, "Idempotency-Key", key)
                                .status())
                        .isEqualTo(200);
                assertThat(other.get("/orders/" + id).body())
                        .isEqualTo(either.get("/orders/" + id).body());
            }
            assertThat(one.get("/orders/" + id).json().get("version").asInt()).isEqualTo(11);
            assertThat(two.post("/orders/" + id + "/ship", SHIP, "If-Match", "\"4\"")
                            .status())
                    .isEqualTo(412);
        }
    }

    @Test
    void the_relay_follows_the_change_feed() throws Exception {
        InMemoryEventPublisher publisher = new InMemoryEventPublisher();
        try (RunningOrders orders = RunningOrders.start(components().withEventPublisher(publisher, () -> {}))) {
            String id = orders.post("/orders", CREATE).orderId();
            orders.post("/orders/" + id + "/items", ADD);
            orders.post("/orders/" + id + "/ship", SHIP);

            await().untilAsserted(() -> assertThat(publisher.published())
                    .extracting(event -> event.metadata().eventType())
                    .containsExactly("OrderCreated", "OrderItemAdded", "OrderShipped"));
        }
    }

    @Test
    void rejects_invalid_endpoint() {
        assertNoConnection("http://127.0.0.1:1/", CosmosTestServer.KEY)
                .withMessageContaining("COSMOS_ENDPOINT http://127.0.0.1:1/");
        assertNoConnection("nonsense", CosmosTestServer.KEY).withMessageContaining("is not a URL");
    }

    @Test
    void does_not_quote_a_misplaced_key() {
        String key = CosmosTestServer.KEY;
        assertNoConnection("AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=" + key + ";", key);
        assertNoConnection("https://user:" + key + "@127.0.0.1:1/", key);
        assertNoConnection("http://127.0.0.1:1/", key + "_"); // which is no base64
    }

    private static ThrowableAssertAlternative<IllegalArgumentException> assertNoConnection(
            String endpoint, String key) {
        return assertThatIllegalArgumentException()
                .isThrownBy(() -> CosmosComponents.connect(Map.of("COSMOS_ENDPOINT", endpoint, "COSMOS_KEY", key)))
                .satisfies(e -> {
                    StringWriter text = new StringWriter();
                    e.printStackTrace(new PrintWriter(text));
                    assertThat(text.toString()).doesNotContain(CosmosTestServer.KEY);
                });
    }

    @Test
    void rejects_takeover_out_of_range() {
        for (String bad : new String[] {"4", "3601", "soon", "-5"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CosmosComponents.connect(
                            Map.of("COSMOS_ENDPOINT", server.endpoint(), "RELAY_TAKEOVER_SECONDS", bad)))
                    .withMessage("RELAY_TAKEOVER_SECONDS is \"" + bad + "\": use a number from 5 to 3600");
        }
    }

    @Test
    void what_the_database_took_is_measured() throws Exception {
        OrderComponents components = components();
        try (RunningOrders orders = RunningOrders.start(components)) {
            orders.post("/orders", CREATE);

            assertThat(components
                            .meters()
                            .get("daybook.cosmos.charge")
                            .tag("operation", "append")
                            .summary()
                            .totalAmount())
                    .isPositive();
        }
    }
}
