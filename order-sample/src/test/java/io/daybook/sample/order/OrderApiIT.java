package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CANCEL;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.sample.order.RunningOrders.Answer;
import io.micrometer.core.instrument.Meter;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrderApiIT {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final InMemoryEventPublisher publisher = new InMemoryEventPublisher();
    private final RunningOrders orders = RunningOrders.start(OrderComponents.inMemory(publisher));

    @AfterEach
    void stop() {
        orders.close();
    }

    @Test
    void the_two_calls_of_the_issue_work_as_they_stand() throws Exception {
        Answer created = orders.post("/orders", CREATE);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/orders/" + created.orderId());
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.body())
                .isEqualTo("{\"order_id\":\"" + created.orderId() + "\",\"status\":\"created\","
                        + "\"message\":\"Order created successfully\",\"version\":1}");

        Answer added = orders.post("/orders/" + created.orderId() + "/items", ADD);

        assertThat(added.status()).isEqualTo(200);
        assertThat(added.header("ETag")).isEqualTo("\"2\"");
        assertThat(added.body())
                .isEqualTo("{\"order_id\":\"" + created.orderId() + "\",\"status\":\"item_added\","
                        + "\"message\":\"Added 1 of PROD-002 to order\",\"version\":2}");
    }

    @Test
    void an_order_is_shown_with_exact_amounts() throws Exception {
        String id = orders.post("/orders", CREATE.replace("49.99", "\"50\"")).orderId();
        orders.post("/orders/" + id + "/items", ADD.replace("29.99", "0.1"));

        Answer shown = orders.get("/orders/" + id);

        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.header("ETag")).isEqualTo("\"2\"");
        assertThat(shown.json().get("status").textValue()).isEqualTo("created");
        assertThat(shown.json().get("total_amount").decimalValue()).isEqualTo(new BigDecimal("100.10"));
        assertThat(shown.body()).contains("\"unit_price\":50.00").contains("\"unit_price\":0.10");
        assertThat(shown.json().at("/shipping_address/zip").textValue()).isEqualTo("98101");
    }

    @Test
    void an_order_is_shipped() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        Answer shipped = orders.post("/orders/" + id + "/ship", SHIP);

        assertThat(shipped.body())
                .isEqualTo("{\"order_id\":\"" + id + "\",\"status\":\"shipped\","
                        + "\"message\":\"Order shipped successfully\",\"version\":2,\"tracking_number\":\"1Z999\"}");
        JsonNode shown = orders.get("/orders/" + id).json();
        assertThat(shown.get("status").textValue()).isEqualTo("shipped");
        assertThat(shown.get("carrier").textValue()).isEqualTo("UPS");
        assertThat(shown.get("shipped_at").textValue()).matches(".*T.*\\.[0-9]{9}Z");
        assertThat(orders.post("/orders/" + id + "/ship", SHIP).body()).isEqualTo(shipped.body());
    }

    @Test
    void an_order_is_cancelled_and_paid_back() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        Answer cancelled = orders.post("/orders/" + id + "/cancel", CANCEL);

        assertThat(cancelled.body())
                .isEqualTo("{\"order_id\":\"" + id + "\",\"status\":\"cancelled\","
                        + "\"message\":\"Order cancelled successfully\",\"version\":2}");
        JsonNode shown = orders.get("/orders/" + id).json();
        assertThat(shown.get("status").textValue()).isEqualTo("cancelled");
        assertThat(shown.at("/cancellation/refund_amount").decimalValue()).isEqualTo(new BigDecimal("99.98"));
    }

    @Test
    void the_audit_trail_keeps_who_and_why() throws Exception {
        String id = orders.post(
                        "/orders", CREATE, "X-User-Id", "alice", "X-Correlation-Id", "c-1", "traceparent", TRACEPARENT)
                .orderId();
        orders.post("/orders/" + id + "/ship", SHIP, "Idempotency-Key", "ship-1", "traceparent", "nonsense");

        JsonNode events = orders.get("/orders/" + id + "/events").json().get("events");

        assertThat(events).hasSize(2);
        JsonNode created = events.get(0);
        assertThat(created.get("event_type").textValue()).isEqualTo("OrderCreated");
        assertThat(created.get("sequence_number").intValue()).isEqualTo(1);
        assertThat(created.get("user_id").textValue()).isEqualTo("alice");
        assertThat(created.get("correlation_id").textValue()).isEqualTo("c-1");
        assertThat(created.at("/attributes/traceparent").textValue()).isEqualTo(TRACEPARENT);
        assertThat(created.get("timestamp").textValue()).matches(".*T.*\\.[0-9]{9}Z");
        assertThat(created.at("/data/total_amount").decimalValue()).isEqualTo(new BigDecimal("99.98"));
        JsonNode shipped = events.get(1);
        assertThat(shipped.get("command_id").textValue()).isEqualTo("ship-1");
        assertThat(shipped.get("event_version").intValue()).isEqualTo(2);
        assertThat(shipped.get("attributes")).isEmpty();
        assertThat(shipped.has("user_id")).isFalse();
    }

    @Test
    void the_audit_trail_can_be_read_in_pages() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.post("/orders/" + id + "/items", ADD);
        orders.post("/orders/" + id + "/items", ADD);

        JsonNode first = orders.get("/orders/" + id + "/events?limit=2").json();
        JsonNode second = orders.get("/orders/" + id + "/events?limit=2&after=" + first.get("next_after"))
                .json();

        assertThat(first.get("events")).hasSize(2);
        assertThat(first.get("next_after").intValue()).isEqualTo(2);
        assertThat(second.get("events")).hasSize(1);
        assertThat(second.has("next_after")).isFalse();
    }

    @Test
    void every_answer_has_a_correlation_id() throws Exception {
        assertThat(orders.get("/health", "X-Correlation-Id", "c-1").header("X-Correlation-Id"))
                .isEqualTo("c-1");
        assertThat(orders.get("/nowhere", "X-Correlation-Id", "c-1").header("X-Correlation-Id"))
                .isEqualTo("c-1");
        assertThat(orders.get("/health").header("X-Correlation-Id")).isNotEmpty();
    }

    @Test
    void stored_events_are_relayed_to_the_publisher_and_commands_are_measured() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.post("/orders/" + id + "/ship", SHIP);

        await().untilAsserted(() -> assertThat(publisher.published())
                .extracting(event -> event.metadata().eventType())
                .containsExactly("OrderCreated", "OrderShipped"));
        assertThat(orders.application()
                        .meters()
                        .get("daybook.commands")
                        .tags("command", "ShipOrder", "outcome", "stored")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void metrics_are_shown_as_prometheus_reads_them() throws Exception {
        orders.post("/orders", CREATE);

        Answer metrics = orders.get("/metrics");

        assertThat(metrics.header("Content-Type")).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body()).contains("# TYPE daybook_commands_seconds summary\n");
        assertThat(metrics.body())
                .containsPattern("daybook_commands_seconds_count\\{[^}]*command=\"CreateOrder\"[^}]*} 1\n");
        assertThat(metrics.body())
                .containsPattern("daybook_projection_written_total\\{projection=\"order-summaries-1\"} ");
        assertThat(metrics.body().lines())
                .allMatch(line -> line.startsWith("# ")
                        || line.matches("[a-zA-Z_][a-zA-Z0-9_]*(\\{[^{}]*})? (NaN|[-+]?Inf|[-+0-9.E]+)"));
        for (Meter meter : orders.application().meters().getMeters()) {
            String name =
                    meter.getId().getName().replace('.', '_'); // with the unit, _total or _count after it in a line
            assertThat(metrics.body().lines())
                    .as("%s", meter.getId())
                    .anyMatch(line -> line.startsWith(name)
                            && meter.getId().getTags().stream()
                                    .allMatch(tag -> line.contains(tag.getKey() + "=\"" + tag.getValue() + "\"")));
        }
    }

    @Test
    void pages_and_their_files_are_served_under_a_strict_policy() throws Exception {
        Answer description = orders.get("/openapi.yaml");
        assertThat(description.body()).startsWith("openapi: 3");
        assertThat(description.header("Content-Type")).startsWith("text/plain").contains("charset=utf-8");
        for (String path : List.of("/", "/docs")) {
            Answer page = orders.get(path);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "script-src 'self'")
                    .doesNotContain("unsafe");
            Matcher file = Pattern.compile("/assets/[a-z.]+").matcher(page.body());
            while (file.find()) {
                assertThat(orders.get(file.group()).status()).as(file.group()).isEqualTo(200);
            }
        }
        assertThat(orders.get("/assets/app.js").header("Content-Type")).startsWith("text/javascript");
        assertThat(orders.get("/assets/index.html").status()).isEqualTo(404);
        assertThat(orders.get("/assets/..%2Fopenapi.yaml").status()).isBetween(400, 404);
    }
}
