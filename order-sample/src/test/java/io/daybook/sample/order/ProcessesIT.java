package io.daybook.sample.order;

import static io.daybook.contract.Patience.LIMIT;
import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.CANCEL;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.sample.order.command.InMemoryPaymentGateway;
import io.daybook.sample.order.process.Refunding;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process managers over HTTP, with a clock that the test sets forward. */
class ProcessesIT {

    private static final class ForwardClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    private final ForwardClock clock = new ForwardClock();
    private final InMemoryPaymentGateway gateway = new InMemoryPaymentGateway();
    private final RunningOrders orders =
            RunningOrders.start(OrderComponents.inMemory().withProcesses(ProcessComponents.inMemory(gateway, clock)));

    @AfterEach
    void stop() {
        orders.close();
    }

    private String create() throws Exception {
        return orders.post("/orders", CREATE).orderId();
    }

    private JsonNode instance(String path) throws Exception {
        return orders.get("/processes/" + path).json();
    }

    private void awaitState(String path, String state) {
        await().untilAsserted(
                        () -> assertThat(instance(path).path("state").asText()).isEqualTo(state));
    }

    private JsonNode listed(String query) throws Exception {
        return orders.get("/processes/" + query).json();
    }

    @Test
    void order_that_is_not_shipped_in_time_is_canceled_and_refunded() throws Exception {
        String shipped = create();
        orders.post("/orders/" + shipped + "/ship", SHIP);
        String late = create();
        awaitState("OrderExpiry/" + late, "running");
        JsonNode timer = instance("OrderExpiry/" + late).at("/timers/0");
        JsonNode placed = orders.get("/orders/" + late + "/events").json().at("/events/0");
        assertThat(Instant.parse(timer.get("due").textValue()))
                .isEqualTo(Instant.parse(placed.get("timestamp").textValue()).plus(Duration.ofDays(30)));

        clock.ahead = Duration.ofDays(30);
        awaitState("OrderExpiry/" + late, "completed");
        awaitState("Refunding/" + late, "completed");

        orders.application().projector().drain(LIMIT);
        JsonNode order = orders.get("/orders/" + late).json();
        assertThat(order.at("/status").textValue()).isEqualTo("cancelled");
        assertThat(order.at("/cancellation/reason").textValue()).isEqualTo("Not shipped in time");
        assertThat(gateway.paid()).isOne();
        assertThat(instance("OrderExpiry/" + late).at("/steps"))
                .extracting(step -> step.get("kind").textValue() + " "
                        + step.get("cause").textValue() + " "
                        + step.at("/commands/0/answer").asText())
                .containsExactly("event OrderCreated ", "timer unshipped accepted", "event OrderCancelled ");
        assertThat(orders.get("/orders/" + shipped).json().get("status").textValue())
                .isEqualTo("shipped");
        assertThat(orders.get("/metrics").body())
                .contains("daybook_process_instances_total{process=\"Refunding\",state=\"completed\"} 1.0");
    }

    @Test
    void refund_that_fails_5_times_is_parked_until_an_operator_retries() throws Exception {
        gateway.failNext(Refunding.ATTEMPTS);
        String id = create();
        orders.post("/orders/" + id + "/cancel", CANCEL);
        await().untilAsserted(() -> assertThat(
                        instance("Refunding/" + id).at("/steps/0/commands/0").has("next_attempt"))
                .isTrue());
        assertThat(gateway.attempts()).hasSize(3);
        clock.ahead = Duration.ofHours(1);
        awaitState("Refunding/" + id, "parked");

        assertThat(gateway.attempts()).hasSize(5);
        assertThat(gateway.attempts().stream().distinct()).hasSize(1);
        JsonNode parked = instance("Refunding/" + id);
        assertThat(parked.at("/parked").toString())
                .isEqualTo("[{\"name\":\"refund\",\"error\":"
                        + "\"io.daybook.sample.order.command.PaymentFailedException\"}]");
        assertThat(parked.at("/steps/0/commands").toString())
                .isEqualTo("[{\"name\":\"refund\",\"type\":\"RequestRefund\",\"answer\":\"none\",\"error\":"
                        + "\"io.daybook.sample.order.command.PaymentFailedException\"}]");
        await().untilAsserted(() -> assertThat(listed("Refunding?state=parked,waiting")
                        .at("/instances/0/id")
                        .asText())
                .isEqualTo(id));
        assertThat(orders.get("/health").json().at("/feeds").toString())
                .contains("{\"name\":\"Refunding\",\"state\":\"running\",\"lag\":0,\"parked\":1}");

        String retry = "/processes/Refunding/" + id + "/retry";
        assertThat(orders.administer("POST", retry).status()).isEqualTo(204);
        awaitState("Refunding/" + id, "completed");

        assertThat(gateway.attempts()).hasSize(6);
        assertThat(gateway.attempts().stream().distinct()).hasSize(1);
        assertThat(gateway.paid()).isOne();
        Answer again = orders.administer("POST", retry);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().get("detail").textValue())
                .isEqualTo("The instance is not parked: there is nothing to retry");
    }

    @Test
    void canceled_instance_does_not_cancel_its_order() throws Exception {
        String id = create();
        awaitState("OrderExpiry/" + id, "running");
        String cancel = "/processes/OrderExpiry/" + id + "/cancel";
        assertThat(orders.administer("POST", cancel, "Origin", "https://example.com")
                        .status())
                .isEqualTo(403);
        assertThat(orders.administer("POST", cancel + "?now=true").status()).isEqualTo(400);

        assertThat(orders.administer("POST", cancel).status()).isEqualTo(204);

        assertThat(instance("OrderExpiry/" + id).get("state").textValue()).isEqualTo("canceled");
        assertThat(instance("OrderExpiry/" + id).get("timers")).isEmpty();
        assertThat(orders.administer("POST", cancel).status()).isEqualTo(409);
        assertThat(orders.get(cancel).status()).as("on the port of the API").isEqualTo(404);
    }

    @Test
    void lists_instances_by_state_and_age_page_by_page() throws Exception {
        String first = create();
        String second = create();
        String third = create();
        await().untilAsserted(
                        () -> assertThat(listed("OrderExpiry").get("instances")).hasSize(3));
        assertThat(listed("OrderExpiry?older_than=PT1H").toString()).isEqualTo("{\"instances\":[]}");
        assertThat(listed("OrderExpiry?state=completed").toString()).isEqualTo("{\"instances\":[]}");
        clock.ahead = Duration.ofHours(2);

        Answer page = orders.get("/processes/OrderExpiry?older_than=PT1H&state=running&limit=2");
        String next = page.json().get("next").textValue();
        JsonNode rest = listed("OrderExpiry?older_than=PT1H&state=running&limit=2&after=" + next);

        assertThat(page.header("Link")).endsWith("rel=\"next\"");
        assertThat(page.json().at("/instances"))
                .extracting(each -> each.get("id").textValue())
                .containsExactly(first, second);
        assertThat(rest.at("/instances"))
                .extracting(each -> each.get("id").textValue())
                .containsExactly(third);
        assertThat(rest.has("next")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "state=stuck,state",
        "'state=running,running',state",
        "older_than=yesterday,older_than",
        "older_than=-PT1H,older_than",
        "older_than=P40000D,older_than",
        "limit=0,limit",
        "limit=101,limit",
        "after=x,after",
        "after=,after",
        "page=2,page",
        "age=1,age"
    })
    void refuses_invalid_parameters(String query, String path) throws Exception {
        JsonNode problem = listed("OrderExpiry?" + query);

        assertThat(problem.get("status").intValue()).isEqualTo(400);
        assertThat(problem.at("/violations/0/path").textValue()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/processes/Expiry,404",
        "GET,/processes/Expiry/42,404",
        "GET,/processes/OrderExpiry/42,404",
        "GET,/processes/OrderExpiry/a%20b,404",
        "GET,/processes/OrderExpiry/42?version=1,400",
        "POST,/processes/OrderExpiry,405"
    })
    void answers_problems_to_what_does_not_exist(String method, String path, int status) throws Exception {
        Answer answer = method.equals("GET") ? orders.get(path) : orders.post(path, "{}");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(orders.administer("POST", "/processes/Refunding/42/retry").status())
                .isEqualTo(404);
        assertThat(orders.administer("POST", "/processes/Refund/42/cancel").status())
                .isEqualTo(404);
    }
}
