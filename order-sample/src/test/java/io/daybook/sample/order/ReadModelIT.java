package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.sample.order.RunningOrders.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /orders/{id}} answers from the read model and shows what was acknowledged. */
class ReadModelIT {

    private final OrderComponents components = OrderComponents.inMemory();
    private final ScriptedEventStore store = new ScriptedEventStore(components.eventStore());
    private final RunningOrders orders = RunningOrders.start(components.withEventStore(store));

    @AfterEach
    void stop() {
        orders.close();
    }

    @Test
    void read_model_answers_the_same_bytes_as_the_aggregate() throws Exception {
        List<String> ids = new ArrayList<>();
        for (OrderScript.Step step : OrderScript.steps(7, 20, 300)) {
            if (step.creates()) {
                ids.add(orders.post("/orders", step.body()).orderId());
            } else {
                orders.post("/orders/" + ids.get(step.order()) + "/" + step.action(), step.body());
            }
        }

        for (String id : ids) {
            Answer fromReadModel = orders.get("/orders/" + id);
            String version = fromReadModel.json().get("version").asText();
            Answer fromEvents = orders.get("/orders/" + id + "?version=" + version);
            assertThat(fromReadModel.body()).isEqualTo(fromEvents.body());
            assertThat(fromReadModel.header("ETag")).isEqualTo(fromEvents.header("ETag"));
        }
    }

    @Test
    void reads_their_writes_with_projector_stopped_and_one_query_each() throws Exception {
        orders.application().projector().close();
        AtomicInteger reads = new AtomicInteger();
        for (int i = 0; i < 250; i++) {
            String id = orders.post("/orders", CREATE).orderId();
            for (int version = 1; version <= 4; version++) {
                Answer changed = version == 1 ? null : orders.post("/orders/" + id + "/items", ADD);
                store.beforeRead(reads::incrementAndGet);

                Answer shown = changed == null
                        ? orders.get("/orders/" + id)
                        : orders.get("/orders/" + id, "Consistency-Token", changed.header("Consistency-Token"));
                assertThat(shown.json().get("version").intValue()).isEqualTo(version);
                assertThat(reads.getAndSet(0)).as("queries to bring it forward").isEqualTo(1);
                orders.get("/orders/" + id);
                assertThat(reads.getAndSet(0)).as("queries when it is current").isZero();
                store.beforeRead(() -> {});
            }
        }
    }

    @Test
    void waits_for_event_store_as_long_as_the_client_prefers() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.get("/orders/" + id);
        orders.application().projector().close();
        String token = token(orders.post("/orders/" + id + "/items", ADD));
        AtomicInteger failures = new AtomicInteger();
        store.beforeRead(() -> {
            if (failures.incrementAndGet() <= 3) {
                throw new EventStoreUnavailableException("no answer", Outcome.NOT_STORED, null, null);
            }
        });

        Answer shown = orders.get("/orders/" + id, "Consistency-Token", token, "Prefer", "respond-async, Wait=99");

        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.header("ETag")).isEqualTo("\"2\"");
        assertThat(shown.header("Preference-Applied")).isEqualTo("wait=10");
        assertThat(failures).hasValueGreaterThan(3);
    }

    @Test
    void answers_unavailable_once_the_preferred_wait_is_over() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        orders.get("/orders/" + id);
        orders.application().projector().close();
        String token = token(orders.post("/orders/" + id + "/items", ADD));
        AtomicInteger reads = new AtomicInteger();
        store.beforeRead(() -> {
            reads.incrementAndGet();
            throw new EventStoreUnavailableException("no answer", Outcome.NOT_STORED, null, null);
        });

        Answer waited = orders.get("/orders/" + id, "Consistency-Token", token, "Prefer", "wait=1");
        assertThat(waited.status()).isEqualTo(503);
        assertThat(waited.header("Retry-After")).isEqualTo("1");
        assertThat(waited.header("Preference-Applied")).isEqualTo("wait=1");

        for (String prefer : List.of("wait=0", "wait", "wait=-1", "wait=x", "await=5", "return=minimal")) {
            reads.set(0);
            Answer refused = orders.get("/orders?limit=5", "Consistency-Token", token, "Prefer", prefer);
            assertThat(refused.status()).as(prefer).isEqualTo(503);
            assertThat(refused.header("Preference-Applied"))
                    .as(prefer)
                    .isEqualTo(prefer.equals("wait=0") ? prefer : "");
            assertThat(reads).as(prefer).hasValue(1);
        }
    }

    @Test
    void token_of_one_instance_is_honored_by_another() throws Exception {
        orders.application().projector().close();
        OrderComponents shared = new OrderComponents(
                components.eventStore(),
                components.snapshotStore(),
                new InMemoryEventFeed((InMemoryEventStore) components.eventStore()),
                events -> {},
                components.projected(),
                components.readModelStore(),
                components.readCache(),
                components.cachedFor(),
                ProcessComponents.inMemory(),
                components.meters(),
                components.observations(),
                () -> {});
        try (RunningOrders other = RunningOrders.start(shared)) {
            other.application().projector().close();
            String id = orders.post("/orders", CREATE).orderId();
            assertThat(other.get("/orders/" + id).header("ETag")).isEqualTo("\"1\"");
            Answer shipped = orders.post("/orders/" + id + "/ship", SHIP);

            Answer shown = other.get("/orders/" + id, "Consistency-Token", shipped.header("Consistency-Token"));

            assertThat(shown.header("ETag")).isEqualTo("\"2\"");
            assertThat(shown.header("Consistency-Token")).isEqualTo(shipped.header("Consistency-Token"));
        }
    }

    @Test
    void token_collects_what_the_client_has_seen() throws Exception {
        Answer one = orders.post("/orders", CREATE);
        Answer two = orders.post("/orders", CREATE, "Consistency-Token", one.header("Consistency-Token"));
        orders.application().projector().close();
        Answer added = orders.post("/orders/" + one.orderId() + "/items", ADD, "Consistency-Token", token(two));

        Answer list = orders.get("/orders?sort=changed_at", "Consistency-Token", token(added));

        assertThat(token(list)).isEqualTo(token(added));
        assertThat(list.json().at("/orders/0/order_id").textValue()).isEqualTo(two.orderId());
        assertThat(list.json().at("/orders/1/version").intValue()).isEqualTo(2);
    }

    private static String token(Answer answer) {
        return answer.header("Consistency-Token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "!", "T3JkZXItNDI", "T3JkZXItNDJAMA", "T3JkZXItNDJALTE", "_-_-"})
    void refuses_malformed_token_and_names_the_header(String token) throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        for (String path : List.of("/orders/" + id, "/orders", "/orders/search?q=prod")) {
            Answer answer = orders.get(path, "Consistency-Token", token);
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.json().at("/violations/0/path").textValue()).isEqualTo("Consistency-Token");
        }
        assertThat(orders.post("/orders", CREATE, "Consistency-Token", token).status())
                .isEqualTo(400);
        await().untilAsserted(() ->
                assertThat(orders.get("/orders").json().get("orders")).hasSize(1));
    }

    @Test
    void answers_not_modified_while_the_etag_is_current() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();

        Answer same = orders.get("/orders/" + id, "If-None-Match", "\"0\", W/\"1\"");
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.header("ETag")).isEqualTo("\"1\"");
        assertThat(token(same)).isNotEmpty();
        String latest = token(orders.post("/orders/" + id + "/items", ADD));
        assertThat(orders.get("/orders/" + id, "If-None-Match", "\"1\"").status())
                .isEqualTo(200);

        String list = orders.get("/orders", "Consistency-Token", latest).header("ETag");
        assertThat(orders.get("/orders", "If-None-Match", list).status()).isEqualTo(304);
    }
}
