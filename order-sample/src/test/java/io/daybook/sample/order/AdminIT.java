package io.daybook.sample.order;

import static io.daybook.contract.Patience.LIMIT;
import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import io.daybook.sample.order.RunningOrders.Answer;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.sample.order.query.OrderSummaries;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminIT {

    record OrderId(String orderId) {}

    private final OrderComponents components = OrderComponents.inMemory();
    private final RunningOrders orders = RunningOrders.start(components);

    @AfterEach
    void stop() {
        orders.close();
    }

    private String create() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.application().projector().drain(LIMIT);
        return id;
    }

    private JsonNode report(String query) throws Exception {
        return orders.administer("POST", "/projections/order-summaries/verify" + query)
                .json();
    }

    @Test
    void lists_projections_on_a_port_of_its_own() throws Exception {
        create();

        JsonNode all = orders.administer("GET", "/projections").json().get("projections");

        assertThat(all)
                .extracting(each -> each.get("name").textValue())
                .containsExactly("order-summaries", "customer-summaries", "daily-orders");
        assertThat(all.at("/0").toString())
                .isEqualTo("{\"name\":\"order-summaries\",\"version\":1,\"state\":\"active\","
                        + "\"feed\":{\"state\":\"running\",\"lag\":0,\"caught_up\":true,\"failures\":0},"
                        + "\"counts\":{\"folded\":1,\"written\":1,\"conflicts\":0,\"gaps\":0,\"parked\":0}}");
        assertThat(orders.get("/projections").status()).isEqualTo(404);
        assertThat(orders.administer("GET", "/orders").status()).isEqualTo(404);
        assertThat(orders.administer("GET", "/openapi.yaml").body()).startsWith("openapi: 3");
    }

    @Test
    void rebuilds_documents_that_were_altered() throws Exception {
        String id = create();
        alter(id);

        assertThat(orders.administer("POST", "/projections/order-summaries/rebuild")
                        .status())
                .isEqualTo(202);

        await().untilAsserted(() -> assertThat(orders.administer("GET", "/projections")
                        .json()
                        .at("/projections/0/state")
                        .textValue())
                .isEqualTo("active"));
        orders.application().projector().drain(LIMIT);
        assertThat(report("").toString())
                .isEqualTo(
                        "{\"checked\":1,\"behind\":0,\"ahead\":0,\"different\":0,\"parked\":0,\"repaired\":0,"
                                + "\"findings\":[],\"summaries\":{\"checked\":0,\"different\":0,\"changing\":0,\"groups\":[]}}");
        for (String grouped : List.of("customer-summaries", "daily-orders")) {
            assertThat(orders.administer("POST", "/projections/" + grouped + "/rebuild")
                            .status())
                    .isEqualTo(202);
            assertThat(orders.administer("POST", "/projections/" + grouped + "/retry-parked")
                            .body())
                    .isEqualTo("{\"unparked\":0}");
        }
    }

    @Test
    void verifies_and_repairs_on_request() throws Exception {
        String id = create();
        alter(id);

        assertThat(report("?sample=1").get("findings").toString())
                .isEqualTo("[{\"problem\":\"different\",\"order_id\":\"" + id + "\",\"position\":1,\"version\":1}]");
        assertThat(report("?repair=true").get("repaired").intValue()).isEqualTo(1);
        assertThat(report("?repair=false").get("different").intValue()).isZero();
        assertThat(orders.administer("POST", "/projections/customer-summaries/verify")
                        .json()
                        .get("summaries")
                        .toString())
                .isEqualTo("{\"checked\":1,\"different\":0,\"changing\":0,\"groups\":[]}");
    }

    @Test
    void lists_parked_orders_until_they_are_retried() throws Exception {
        String id = create();
        ReadModelCollection documents = components.readModelStore().open(OrderSummaries.PROJECTION.schema());
        StoredDocument document = documents.read(List.of(DocumentKey.of(id))).get(DocumentKey.of(id));
        Parking parking = new Parking(1, "event-1", "IllegalStateException", Instant.parse("2026-11-30T12:00:00Z"), 5);
        documents.write(List.of(document.next().parking(parking).build()));

        assertThat(orders.administer("GET", "/projections/order-summaries/parked")
                        .body())
                .isEqualTo(
                        "{\"parked\":[{\"order_id\":\"" + id + "\",\"version\":1,\"event_id\":\"event-1\","
                                + "\"error\":\"IllegalStateException\",\"since\":\"2026-11-30T12:00:00.000000000Z\",\"attempts\":5}]}");
        assertThat(orders.administer("POST", "/projections/order-summaries/retry-parked")
                        .body())
                .isEqualTo("{\"unparked\":1}");
        assertThat(orders.administer("GET", "/projections/order-summaries/parked")
                        .body())
                .isEqualTo("{\"parked\":[]}");
        assertThat(orders.administer("GET", "/projections/orders/parked").status())
                .isEqualTo(404);
    }

    private void alter(String id) {
        ReadModelCollection documents = components.readModelStore().open(OrderSummaries.PROJECTION.schema());
        StoredDocument document = documents.read(List.of(DocumentKey.of(id))).get(DocumentKey.of(id));
        String altered = document.content().replace("CUST-123", "CUST-124");
        assertThat(altered).isNotEqualTo(document.content());
        documents.write(List.of(document.next().content(altered).build()));
    }

    @ParameterizedTest
    @CsvSource({
        "?sample=0,sample",
        "?sample=1.5,sample",
        "?sample=half,sample",
        "?sample=,sample",
        "?repair=yes,repair",
        "?repair=true&repair=true,repair",
        "?all=true,all"
    })
    void refuses_invalid_parameters(String query, String path) throws Exception {
        JsonNode problem = report(query);

        assertThat(problem.get("status").intValue()).isEqualTo(400);
        assertThat(problem.at("/violations/0/path").textValue()).isEqualTo(path);
    }

    private static void buildOtherVersion(OrderComponents components) {
        Projection<OrderId> other = Projection.named("order-summaries", 7, Order.TYPE, OrderId.class)
                .on(OrderCreated.class, (none, event, metadata) -> new OrderId(event.orderId()))
                .ignoring(OrderItemAdded.class)
                .ignoring(OrderShipped.class)
                .ignoring(OrderCancelled.class)
                .build();
        try (Projector projector = Projector.builder(
                        new InMemoryEventFeed((InMemoryEventStore) components.eventStore()),
                        components.eventStore(),
                        components.readModelStore())
                .project(other)
                .start()) {
            projector.drain(LIMIT);
        }
    }

    @Test
    void list_of_a_version_that_awaits_activation_says_so() throws Exception {
        OrderComponents upgraded = OrderComponents.inMemory();
        buildOtherVersion(upgraded); // the first version of a name becomes active, the next one waits
        try (RunningOrders service = RunningOrders.start(upgraded)) {
            service.application().projector().drain(LIMIT);

            Answer waiting = service.get("/orders");
            assertThat(waiting.status()).isEqualTo(503);
            assertThat(waiting.json().get("detail").textValue()).contains("an operator must activate it");

            service.administer("POST", "/projections/order-summaries/activate");
            assertThat(service.get("/orders").status()).isEqualTo(200);
        }
    }

    @Test
    void activates_and_drops_versions_and_refuses_what_is_in_use() throws Exception {
        create();
        buildOtherVersion(components);

        assertThat(orders.administer("POST", "/projections/order-summaries/activate")
                        .status())
                .isEqualTo(204);
        assertThat(orders.administer("DELETE", "/projections/order-summaries/7").status())
                .isEqualTo(204);
        Answer inUse = orders.administer("DELETE", "/projections/order-summaries/1");
        assertThat(inUse.status()).isEqualTo(409);
        assertThat(inUse.json().get("detail").textValue())
                .isEqualTo("this projector runs the read model order-summaries-1: drop the read model"
                        + " with a projector that does not run it");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/projections/orders/rebuild,404",
        "POST,/projections/orders/verify,404",
        "DELETE,/projections/order-summaries/2,404",
        "DELETE,/projections/order-summaries/0,404",
        "DELETE,/projections/order-summaries/first,404",
        "DELETE,/projections/-/1,404",
        "GET,/projections/order-summaries/rebuild,405",
        "PUT,/projections,405"
    })
    void answers_problems_to_what_does_not_exist(String method, String path, int status) throws Exception {
        Answer answer = orders.administer(method, path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void refuses_what_the_page_of_a_site_sends() throws Exception {
        for (String path : List.of("rebuild", "activate", "retry-parked", "verify")) {
            assertThat(orders.administer(
                                    "POST", "/projections/order-summaries/" + path, "Origin", "https://example.com")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(orders.administer("DELETE", "/projections/order-summaries/1", "Origin", "http://127.0.0.1:8001")
                        .status())
                .isEqualTo(403);
    }
}
