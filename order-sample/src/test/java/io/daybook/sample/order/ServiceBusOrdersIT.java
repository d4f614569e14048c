package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.contract.Patience;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample on Service Bus, its orders in memory: an embedded broker, over the SDK and sockets. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServiceBusOrdersIT {

    private static final String INBOX = "order-events/subscriptions/billing";

    @TempDir
    Path directory;

    private ServiceBusTestServer broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = ServiceBusTestServer.start(directory.resolve("broker"), 0);
        broker.createTopic("order-events", "billing");
    }

    @AfterEach
    void stopBroker() throws Exception {
        broker.close();
    }

    private Map<String, String> environment() {
        return Map.of("SERVICEBUS_CONNECTION_STRING", broker.connectionString());
    }

    private List<String> subjects() {
        return broker.messages(INBOX).stream().map(StoredMessage::subject).toList();
    }

    private static void awaitHealth(RunningOrders orders, String status, String eventBus) {
        await().untilAsserted(() -> {
            Answer health = orders.get("/health");
            assertThat(health.json().at("/components/event_bus").textValue()).isEqualTo(eventBus);
            assertThat(health.json().get("status").textValue()).isEqualTo(status);
            assertThat(health.status()).isEqualTo(200);
        });
    }

    @Test
    void what_happens_to_an_order_is_published_in_its_order() throws Exception {
        OrderComponents components = OrderComponents.from(environment());
        try (RunningOrders orders = RunningOrders.start(components)) {
            String id = orders.post("/orders", CREATE).orderId();
            orders.post("/orders/" + id + "/items", ADD);
            orders.post("/orders/" + id + "/ship", SHIP);

            await().untilAsserted(() ->
                    assertThat(subjects()).containsExactly("OrderCreated", "OrderItemAdded", "OrderShipped"));
            assertThat(broker.messages(INBOX))
                    .extracting(StoredMessage::sessionId)
                    .containsOnly("Order-" + id);
            assertThat(orders.get("/health").status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(components
                            .meters()
                            .get("daybook.relay.published")
                            .tag("relay", "orders")
                            .functionCounter()
                            .count())
                    .isEqualTo(3));
        }
    }

    @Test
    void read_models_follow_a_subscription_of_the_topic() throws Exception {
        broker.createTopic("orders", "read-models");
        Map<String, String> environment = Map.of(
                "SERVICEBUS_CONNECTION_STRING",
                broker.connectionString(),
                "SERVICEBUS_TOPIC",
                "orders",
                "SERVICEBUS_SUBSCRIPTION",
                "read-models");
        try (RunningOrders orders = RunningOrders.start(OrderComponents.from(environment))) {
            String id = orders.post("/orders", CREATE).orderId();
            orders.post("/orders/" + id + "/items", ADD);
            orders.post("/orders/" + id + "/ship", SHIP);

            await().untilAsserted(() -> {
                JsonNode listed = orders.get("/orders?status=shipped").json().get("orders");
                assertThat(listed).hasSize(1);
                assertThat(listed.get(0).get("order_id").textValue()).isEqualTo(id);
            });
            await().untilAsserted(() -> assertThat(orders.get("/customers/CUST-123/summary")
                            .json()
                            .get("shipped")
                            .intValue())
                    .isEqualTo(1));
            await().until(() ->
                    broker.messages("orders/subscriptions/read-models").isEmpty());
            assertThat(orders.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void a_broker_that_is_down_at_the_start_holds_up_events_and_no_commands() throws Exception {
        broker.kill();
        try (RunningOrders orders = RunningOrders.start(OrderComponents.from(environment()))) {
            awaitHealth(orders, "degraded", "retrying"); // though there is nothing to publish yet

            List<String> ids = new ArrayList<>();
            long startNanos = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                Answer created = orders.post("/orders", CREATE);
                assertThat(created.status()).isEqualTo(201);
                ids.add(created.orderId());
            }
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .as("an attempt to publish takes 5 seconds, for which none of them has waited")
                    .isLessThan(Patience.LIMIT);
            Answer health = orders.get("/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.json().at("/components/event_store").textValue()).isEqualTo("connected");
            assertThat(health.json().at("/components/command_bus").textValue()).isEqualTo("ready");

            broker.restart();

            awaitHealth(orders, "healthy", "active");
            await().untilAsserted(() -> assertThat(broker.messages(INBOX))
                    .extracting(message -> message.sessionId().substring("Order-".length()))
                    .containsAll(ids));
        }
    }

    @Test
    void a_broker_that_goes_down_later_shows_in_health_until_it_is_back() throws Exception {
        try (RunningOrders orders = RunningOrders.start(OrderComponents.from(environment()))) {
            awaitHealth(orders, "healthy", "active");
            broker.kill();

            awaitHealth(orders, "degraded", "retrying");
            assertThat(orders.post("/orders", CREATE).status()).isEqualTo(201);
            broker.restart();

            awaitHealth(orders, "healthy", "active");
            await().untilAsserted(() -> assertThat(subjects()).containsOnly("OrderCreated"));
        }
    }

    @Test
    void a_topic_that_does_not_exist_shows_in_health() throws Exception {
        Map<String, String> elsewhere =
                Map.of("SERVICEBUS_CONNECTION_STRING", broker.connectionString(), "SERVICEBUS_TOPIC", "nowhere");
        try (RunningOrders orders = RunningOrders.start(OrderComponents.from(elsewhere))) {
            awaitHealth(orders, "degraded", "retrying");
            assertThat(orders.post("/orders", CREATE).status()).isEqualTo(201);
        }
    }

    @Test
    void the_jar_publishes_and_stops_without_a_warning() throws Exception {
        try (SampleProcess sample = SampleProcess.start(directory, environment())) {
            Progress unhindered = new Progress();
            PatientClient client = new PatientClient(sample, OrderScript.steps(1, 10, 100), unhindered);
            client.sendAll();
            await().until(() -> !subjects().isEmpty());

            sample.stop();

            assertThat(sample.log())
                    .contains("order sample stopped")
                    .doesNotContain("level=WARN", "level=ERROR", "SharedAccessKey", "CUST-123");
        }
    }

    @Test
    void reports_invalid_setting_without_its_key() {
        String good = broker.connectionString();
        for (Map<String, String> wrong : List.of(
                Map.of("SERVICEBUS_SUBSCRIPTION", "read-models"),
                Map.of("SERVICEBUS_CONNECTION_STRING", "c2VjcmV0"),
                Map.of("SERVICEBUS_CONNECTION_STRING", "Endpoint=c2VjcmV0"),
                Map.of("SERVICEBUS_CONNECTION_STRING", good + ";EntityPath=other"),
                Map.of("SERVICEBUS_CONNECTION_STRING", good, "SERVICEBUS_NAMESPACE", "a.servicebus.windows.net"),
                Map.of("SERVICEBUS_NAMESPACE", "sb://a.servicebus.windows.net/"),
                Map.of("SERVICEBUS_NAMESPACE", "a"),
                Map.of("SERVICEBUS_NAMESPACE", good))) {
            assertThatIllegalArgumentException()
                    .as(wrong.keySet().toString())
                    .isThrownBy(() -> OrderComponents.from(wrong))
                    .withMessageContaining("SERVICEBUS_")
                    .withMessageNotContaining("c2VjcmV0")
                    .withMessageNotContaining(ServiceBusTestServer.KEY)
                    .withNoCause();
        }
        assertThat(ServiceBusComponents.publisher(Map.of())).isEmpty();
        assertThat(ServiceBusComponents.publisher(Map.of("SERVICEBUS_NAMESPACE", "a.servicebus.windows.net")))
                .isPresent();
    }
}
