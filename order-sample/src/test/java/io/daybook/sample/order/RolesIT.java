package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadCache;
import io.daybook.sample.order.RunningOrders.Answer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

/** The roles in applications of their own, over the same stores. */
class RolesIT {

    private final OrderComponents components = OrderComponents.inMemory();
    private final ScriptedEventStore store = new ScriptedEventStore(components.eventStore());
    private final InMemoryEventPublisher publisher = new InMemoryEventPublisher();

    private RunningOrders start(Role... roles) {
        return RunningOrders.start(
                new OrderComponents(
                        store,
                        components.snapshotStore(),
                        new InMemoryEventFeed((InMemoryEventStore) components.eventStore()),
                        publisher,
                        components.projected(),
                        components.readModelStore(),
                        new InMemoryReadCache(100),
                        components.cachedFor(),
                        components.processes(),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                        components.observations(),
                        () -> {}),
                roles);
    }

    @Test
    void api_answers_from_the_read_models_that_another_process_projects() throws Exception {
        try (RunningOrders api = start(Role.API)) {
            Answer created = api.post("/orders", CREATE);
            assertThat(api.get("/orders/" + created.orderId()).status()).isEqualTo(200);
            Answer list = api.get("/orders");
            assertThat(list.status()).as("not built yet").isEqualTo(503);
            assertThat(list.header("Retry-After")).isEqualTo("5");

            try (RunningOrders projector = start(Role.PROJECTOR)) {
                await().untilAsserted(() -> {
                    assertThat(api.get("/orders").json().path("orders")).hasSize(1);
                    assertThat(api.get("/customers/CUST-123/summary").status()).isEqualTo(200);
                });
                assertThat(projector.get("/orders").status()).isEqualTo(404);
            }
            String token =
                    api.post("/orders/" + created.orderId() + "/ship", SHIP).header("Consistency-Token");
            assertThat(api.get("/orders?status=shipped", "Consistency-Token", token)
                            .json()
                            .path("orders"))
                    .hasSize(1);
            assertThat(api.get("/customers/CUST-123/summary", "Consistency-Token", token)
                            .json()
                            .path("shipped")
                            .intValue())
                    .isEqualTo(1);
            assertThat(publisher.published()).isEmpty();

            try (RunningOrders relay = start(Role.RELAY)) {
                await().untilAsserted(() -> assertThat(publisher.published()).hasSize(2));
                assertThat(relay.get("/").status()).isEqualTo(404);
            }
        }
    }

    @Test
    void api_shows_the_processes_that_another_process_runs() throws Exception {
        try (RunningOrders api = start(Role.API);
                RunningOrders processes = start(Role.PROCESSES)) {
            String path =
                    "/processes/OrderExpiry/" + api.post("/orders", CREATE).orderId();
            for (RunningOrders each : new RunningOrders[] {api, processes}) {
                await().untilAsserted(() -> assertThat(each.get(path).status()).isEqualTo(200));
                await().untilAsserted(() -> assertThat(
                                each.get("/processes/OrderExpiry").json().path("instances"))
                        .hasSize(1));
            }
            assertThat(processes.get("/orders").status()).isEqualTo(404);
            assertThat(processes.administer("GET", "/projections").status()).isEqualTo(404);
            assertThat(processes.administer("GET", "/openapi.yaml").status()).isEqualTo(200);

            assertThat(processes.administer("POST", path + "/cancel").status()).isEqualTo(204);

            assertThat(api.get(path).json().get("state").textValue()).isEqualTo("canceled");
            assertThat(api.get("/metrics").body()).doesNotContain("daybook_process_steps");
            assertThat(processes.get("/metrics").body()).contains("daybook_process_steps");
            assertThat(processes
                            .get("/health")
                            .json()
                            .at("/components/processes")
                            .textValue())
                    .isEqualTo("active");
        }
    }

    @Test
    void each_process_shows_health_and_metrics_of_what_it_runs() throws Exception {
        try (RunningOrders api = start(Role.API);
                RunningOrders projector = start(Role.PROJECTOR);
                RunningOrders relay = start(Role.RELAY)) {
            assertThat(api.get("/health").body())
                    .isEqualTo("{\"status\":\"healthy\",\"components\":"
                            + "{\"event_store\":\"connected\",\"command_bus\":\"ready\"},\"feeds\":[]}");
            Answer health = projector.get("/health");
            assertThat(health.json().at("/components")).hasSize(2);
            assertThat(health.json().at("/feeds")).hasSize(3);
            assertThat(relay.get("/health").json().at("/feeds/0/name").textValue())
                    .isEqualTo("relay");
            assertThat(api.get("/metrics").body())
                    .contains("daybook_snapshots_failures_total")
                    .doesNotContain("daybook_relay", "daybook_projection");
            assertThat(projector.get("/metrics").body()).contains("daybook_projection_lag");
            assertThat(relay.get("/metrics").body()).contains("daybook_relay_lag");

            store.beforeRead(() -> {
                throw new EventStoreUnavailableException("gone", Outcome.NOT_STORED, null, null);
            });
            for (RunningOrders each : new RunningOrders[] {api, projector, relay}) {
                assertThat(each.get("/health").status()).isEqualTo(503);
            }
        }
    }
}
