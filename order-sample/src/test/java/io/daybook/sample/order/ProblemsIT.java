package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CANCEL;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamFullException;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublishException;
import io.daybook.sample.order.RunningOrders.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemsIT {

    private final OrderComponents components = OrderComponents.inMemory();
    private final ScriptedEventStore store = new ScriptedEventStore(components.eventStore());
    private final RunningOrders orders = RunningOrders.start(components.withEventStore(store));

    @AfterEach
    void stop() {
        orders.close();
    }

    @Test
    void an_invalid_body_gets_every_violation_with_its_path() throws Exception {
        Answer answer = orders.post("/orders", """
                {"customer_id": 5, "colour": "red",
                 "items": [{"product_id": "", "quantity": 0, "unit_price": 1.005}, 7,
                           {"product_id": "P", "quantity": 1.5, "unit_price": "x", "size": 1}],
                 "shipping_address": {"street": "a\\u0000b", "city": null, "state": "WA"}}""");

        assertProblem(answer, 400);
        assertThat(violations(answer))
                .containsExactlyInAnyOrder(
                        "customer_id must be a string",
                        "items[1] must be an object",
                        "items[2].quantity must be a whole number",
                        "items[2].unit_price must be a number such as 1299.90",
                        "items[2].size is unknown",
                        "shipping_address.city must not be blank",
                        "shipping_address.zip must not be blank",
                        "colour is unknown",
                        "items[0].product_id must not be blank",
                        "items[0].quantity must be from 1 to 10000",
                        "items[0].unit_price must have at most two decimals",
                        "shipping_address.street must not contain control characters");
    }

    @Test
    void every_member_of_another_type_is_a_violation() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        for (String value : List.of("1", "1.5", "true", "[]", "{}")) {
            Answer shipped =
                    orders.post("/orders/" + id + "/ship", "{\"tracking_number\":" + value + ",\"carrier\":\"UPS\"}");
            assertThat(violations(shipped)).as(value).containsExactly("tracking_number must be a string");
        }
        for (String value : List.of("\"\"", "\"1\"", "1.0", "true", "[]", "{}")) {
            Answer added = orders.post(
                    "/orders/" + id + "/items",
                    "{\"product_id\":\"P\",\"quantity\":" + value + ",\"unit_price\":1,\"order_id\":\"x\"}");
            assertThat(violations(added))
                    .as(value)
                    .containsExactly(
                            "order_id is unknown: the path names the order", "quantity must be a whole number");
        }
        assertThat(violations(orders.post("/orders/" + id + "/items", "{\"quantity\":" + "9".repeat(50) + "}")))
                .containsExactly(
                        "quantity is out of range", "product_id must not be blank", "unit_price must not be null");
        assertThat(violations(orders.post("/orders", "{\"items\":{},\"shipping_address\":\"\"}")))
                .containsExactly(
                        "items must be a list", "shipping_address must be an object", "customer_id must not be blank");
    }

    @Test
    void stops_looking_after_many_members_of_another_type() throws Exception {
        String items = "{\"items\":[" + "7,".repeat(9_000) + "7]}";

        Answer answer = orders.post("/orders", items);

        assertProblem(answer, 400);
        assertThat(answer.json().get("violations")).hasSize(50);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "null",
                "7",
                "{\"reason\":\"a\",\"reason\":\"b\"}",
                "{\"reason\":\"a\"} x",
                "{\"reason\":\"a\u0001\"}",
                "{\"reason\":NaN}",
                "{reason:1}"
            })
    void a_malformed_body_is_refused(String body) throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        assertProblem(orders.post("/orders/" + id + "/cancel", body), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999999", "-1e999999999", "1e-999999999", "1e99999999999999", "\"1e5\"", "true", "[1]"})
    void a_strange_price_is_refused(String price) throws Exception {
        assertProblem(orders.post("/orders", CREATE.replace("49.99", price)), 400);
    }

    @Test
    void a_body_that_is_nested_too_deeply_is_refused() throws Exception {
        assertProblem(orders.post("/orders", "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"x\"", "W/\"1\"", "\"1\", \"2\"", "\"-1\"", "\"01\"", "\"\""})
    void a_malformed_if_match_is_refused(String ifMatch) throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        Answer answer = orders.post("/orders/" + id + "/ship", SHIP, "If-Match", ifMatch);

        assertProblem(answer, 400);
        assertThat(violations(answer)).singleElement().asString().startsWith("If-Match must be one version");
    }

    @Test
    void headers_are_bounded_and_stand_once() throws Exception {
        assertProblem(orders.post("/orders", CREATE, "Idempotency-Key", "x".repeat(129)), 400);
        assertProblem(orders.post("/orders", CREATE, "Idempotency-Key", "a", "Idempotency-Key", "b"), 400);
        assertProblem(orders.post("/orders", CREATE, "X-User-Id", ""), 400);
        assertProblem(orders.get("/health", "X-Correlation-Id", "x".repeat(129)), 400);
    }

    @Test
    void client_cannot_take_the_key_of_a_process() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        String key =
                DerivedKey.of("command", "OrderExpiry-" + id, "timer", "cancel").text();

        for (Answer answer : List.of(
                orders.post("/orders", CREATE, "Idempotency-Key", key),
                orders.post("/orders/" + id + "/cancel", CANCEL, "Idempotency-Key", key))) {
            assertProblem(answer, 400);
            assertThat(violations(answer)).containsExactly("Idempotency-Key must not begin with daybook:");
        }
        assertThat(store.currentVersion(StreamId.of("Order", id))).isOne();
        assertThat(store.find(EventFilter.all())).hasSize(1);
    }

    @Test
    void what_does_not_exist_is_not_found() throws Exception {
        String unknown = UUID.randomUUID().toString();

        assertProblem(orders.get("/orders/" + unknown), 404);
        assertProblem(orders.get("/orders/" + unknown + "/events"), 404);
        assertProblem(orders.post("/orders/" + unknown + "/items", ADD), 404);
        assertProblem(orders.post("/orders/" + unknown + "/ship", SHIP, "If-Match", "\"1\""), 404);
        assertProblem(orders.get("/orders/" + "x".repeat(200)), 404);
        assertProblem(orders.get("/orders/a%2Fb"), 404);
        assertProblem(orders.get("/nowhere"), 404);
    }

    @Test
    void what_was_deleted_is_gone_also_for_the_request_that_made_it() throws Exception {
        String id = orders.post("/orders", CREATE, "Idempotency-Key", "key").orderId();
        store.delete(StreamId.of("Order", id));

        await().untilAsserted(() -> assertProblem(orders.get("/orders/" + id), 410));
        assertProblem(orders.get("/orders/" + id + "?version=1"), 410);
        assertProblem(orders.get("/orders/" + id + "/history"), 410);
        assertProblem(orders.get("/orders/" + id + "/events"), 410);
        assertProblem(orders.get("/orders/" + id + "/events?after=1000"), 410);
        assertProblem(orders.post("/orders/" + id + "/items", ADD), 410);
        assertProblem(orders.post("/orders/" + id + "/ship", SHIP, "If-Match", "\"1\""), 410);
        assertProblem(orders.post("/orders", CREATE, "Idempotency-Key", "key"), 410);
    }

    @Test
    void a_method_that_a_path_does_not_know_is_refused() throws Exception {
        Answer answer = orders.send("DELETE", "/orders/42", BodyPublishers.noBody());

        assertProblem(answer, 405);
        assertThat(answer.header("Allow")).contains("GET");
    }

    @Test
    void a_bad_page_of_events_is_refused() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        assertProblem(orders.get("/orders/" + id + "/events?limit=0"), 400);
        assertProblem(orders.get("/orders/" + id + "/events?limit=1001"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "",
                "x",
                "1.5",
                "%2B1",
                "0x10",
                "9223372036854775808",
                "9999999999999999999",
                "99999999999999999999",
                "%D9%A1"
            })
    void refuses_after_that_is_no_int64_from_0_on_and_names_it(String after) throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        Answer answer = orders.get("/orders/" + id + "/events?after=" + after);

        assertProblem(answer, 400);
        assertThat(violations(answer)).containsExactly("after must be a whole number from 0 to 9223372036854775807");
    }

    @Test
    void refuses_a_parameter_that_is_sent_twice() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        assertThat(violations(orders.get("/orders/" + id + "/events?after=1&after=2")))
                .containsExactly("after must occur only once");
        assertThat(violations(orders.get("/orders/search?q=abc&q=abc"))).containsExactly("q must occur only once");
    }

    @Test
    void shows_no_events_after_any_number_beyond_the_last() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        for (String after : List.of(
                "2", "4294967296", "4294967297", "999999999999999999", "9223372036854775806", "9223372036854775807")) {
            Answer answer = orders.get("/orders/" + id + "/events?after=" + after);
            assertThat(answer.status()).as(after).isEqualTo(200);
            assertThat(answer.body()).as(after).contains("\"events\":[]");
        }
        assertThat(orders.get("/orders/" + id + "/events?after=0000000000000000001")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void writers_that_always_come_first_end_in_a_conflict() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        failAppends(() -> new ConcurrencyException(StreamId.of("Order", id), 1, 2));

        assertProblem(orders.post("/orders/" + id + "/items", ADD), 409);
        assertProblem(orders.post("/orders/" + id + "/items", ADD, "If-Match", "*"), 409);
    }

    @Test
    void another_version_than_if_match_names_is_refused() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        assertProblem(orders.post("/orders/" + id + "/items", ADD, "If-Match", "\"2\""), 412);
        assertProblem(orders.post("/orders", CREATE, "If-Match", "*"), 412);
        assertThat(orders.post("/orders/" + id + "/items", ADD, "If-Match", "\"1\"")
                        .status())
                .isEqualTo(200);
        assertThat(orders.post("/orders/" + id + "/items", ADD, "If-Match", "*").status())
                .isEqualTo(200);
    }

    @Test
    void a_body_of_more_than_64_kib_is_refused_whether_announced_or_not() throws Exception {
        byte[] large = ("{\"customer_id\":\"" + "x".repeat(70_000) + "\"}").getBytes();
        String json = "application/json";

        assertProblem(orders.send("POST", "/orders", BodyPublishers.ofByteArray(large), "Content-Type", json), 413);
        assertProblem(
                orders.send(
                        "POST",
                        "/orders",
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)),
                        "Content-Type",
                        json),
                413);
    }

    @Test
    void another_media_type_is_refused() throws Exception {
        var body = BodyPublishers.ofString(CREATE);

        assertProblem(orders.send("POST", "/orders", body), 415);
        assertProblem(orders.send("POST", "/orders", body, "Content-Type", "text/plain"), 415);
        assertProblem(orders.send("POST", "/orders", body, "Content-Type", "application/json; charset=utf-16"), 415);
        assertProblem(orders.post("/orders", CREATE, "Content-Encoding", "gzip"), 415);
        assertThat(orders.send("POST", "/orders", body, "Content-Type", "Application/JSON; charset=\"UTF-8\"")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void reports_a_violated_domain_rule() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.post("/orders/" + id + "/cancel", CANCEL);

        Answer answer = orders.post("/orders/" + id + "/ship", SHIP);

        assertProblem(answer, 422);
        assertThat(answer.json().get("detail").textValue()).contains("a cancelled order cannot be shipped");
    }

    @Test
    void a_store_that_cannot_be_reached_is_to_be_asked_again() throws Exception {
        failAppends(() -> new EventStoreUnavailableException(
                "no answer from secret-host", Outcome.UNKNOWN, Duration.ofMillis(2_100), null));

        Answer answer = orders.post("/orders", CREATE);

        assertProblem(answer, 503);
        assertThat(answer.header("Retry-After")).isEqualTo("3");
        assertThat(answer.body()).contains("Idempotency-Key").doesNotContain("secret-host");
    }

    @Test
    void full_stream_gets_422_because_a_retry_does_not_help() throws Exception {
        failAppends(() -> new StreamFullException(
                StreamId.of("Order", "42"), "20 GB of a logical partition", new IllegalStateException()));

        Answer answer = orders.post("/orders", CREATE);

        assertProblem(answer, 422);
        assertThat(answer.json().get("type").textValue()).isEqualTo("urn:daybook:problem:too-large");
        assertThat(answer.json().get("detail").textValue()).contains("continue in another stream");
    }

    @Test
    void command_past_its_timeout_gets_503_and_can_be_retried() throws Exception {
        failAppends(() -> new CommandTimeoutException("the append", Duration.ofSeconds(10)));

        Answer answer = orders.post("/orders", CREATE);

        assertProblem(answer, 503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test
    void internal_error_reveals_nothing() throws Exception {
        failAppends(() -> new IllegalStateException("secret"));
        Answer exception = orders.post("/orders", CREATE);
        store.beforeAppend(() -> {
            throw new StackOverflowError("secret");
        });
        Answer error = orders.post("/orders", CREATE);

        for (Answer answer : List.of(exception, error)) {
            assertProblem(answer, 500);
            assertThat(answer.body()).doesNotContain("secret", "Exception", "java.", "\tat ");
        }
    }

    @Test
    void health_names_the_component_that_fails() throws Exception {
        await().untilAsserted(() -> assertThat(orders.get("/health").body())
                .isEqualTo("{\"status\":\"healthy\",\"components\":{\"event_store\":\"connected\","
                        + "\"event_bus\":\"active\",\"command_bus\":\"ready\",\"projector\":\"active\",\"processes\":\"active\"},"
                        + "\"feeds\":[{\"name\":\"relay\",\"state\":\"running\",\"lag\":0,\"parked\":0},"
                        + "{\"name\":\"order-summaries-1\",\"state\":\"running\",\"lag\":0,\"parked\":0},"
                        + "{\"name\":\"customer-summaries-1\",\"state\":\"running\",\"lag\":0,\"parked\":0},"
                        + "{\"name\":\"daily-orders-1\",\"state\":\"running\",\"lag\":0,\"parked\":0},"
                        + "{\"name\":\"OrderExpiry\",\"state\":\"running\",\"lag\":0,\"parked\":0},"
                        + "{\"name\":\"Refunding\",\"state\":\"running\",\"lag\":0,\"parked\":0}]}"));
        store.beforeRead(() -> {
            throw new EventStoreUnavailableException("gone", Outcome.NOT_STORED, null, null);
        });

        Answer unhealthy = orders.get("/health");

        assertThat(unhealthy.status()).isEqualTo(503);
        assertThat(unhealthy.json().get("status").textValue()).isEqualTo("unhealthy");
        assertThat(unhealthy.json().at("/components/event_store").textValue()).isEqualTo("unavailable");
    }

    @Test
    void stays_available_but_degraded_while_broker_or_projector_fails() throws Exception {
        OrderComponents withoutBroker = OrderComponents.inMemory(events -> {
            throw new EventPublishException("no broker", Map.of(), null);
        });
        try (RunningOrders cutOff = RunningOrders.start(withoutBroker)) {
            assertThat(cutOff.post("/orders", CREATE).status()).isEqualTo(201);
            cutOff.application().projector().close();

            await().untilAsserted(() -> {
                Answer health = cutOff.get("/health");
                assertThat(health.status()).isEqualTo(200);
                assertThat(health.json().get("status").textValue()).isEqualTo("degraded");
                assertThat(health.json().at("/components/event_bus").textValue())
                        .isEqualTo("retrying");
                assertThat(health.json().at("/components/projector").textValue())
                        .isEqualTo("stopped");
            });
        }
    }

    private void failAppends(Supplier<RuntimeException> failure) {
        store.beforeAppend(() -> {
            throw failure.get();
        });
    }

    private static List<String> violations(Answer answer) {
        List<String> all = new ArrayList<>();
        answer.json()
                .get("violations")
                .forEach(one -> all.add(
                        one.get("path").textValue() + " " + one.get("message").textValue()));
        return all;
    }

    private static void assertProblem(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("status").intValue()).isEqualTo(status);
        for (String member : List.of("type", "title", "detail")) {
            assertThat(answer.json().get(member).textValue()).as(member).isNotBlank();
        }
    }
}
