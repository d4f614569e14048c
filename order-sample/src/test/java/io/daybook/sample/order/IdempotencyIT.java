package io.daybook.sample.order;

import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.command.CommandMetadata;
import io.daybook.sample.order.RunningOrders.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdempotencyIT {

    private final RunningOrders orders = RunningOrders.start(OrderComponents.inMemory());

    @AfterEach
    void stop() {
        orders.close();
    }

    @Test
    void the_id_of_a_new_order_is_derived_from_user_and_key() throws Exception {
        Answer alice = orders.post("/orders", CREATE, "Idempotency-Key", "k-1", "X-User-Id", "alice");
        Answer bob = orders.post("/orders", CREATE, "Idempotency-Key", "k-1", "X-User-Id", "bob");

        assertThat(alice.orderId())
                .isEqualTo(CommandMetadata.builder()
                        .idempotencyKey("k-1")
                        .userId("alice")
                        .build()
                        .derivedAggregateId());
        assertThat(bob.orderId()).isNotEqualTo(alice.orderId());
    }

    @Test
    void without_a_key_every_order_is_another() throws Exception {
        assertThat(orders.post("/orders", CREATE).orderId())
                .isNotEqualTo(orders.post("/orders", CREATE).orderId());
    }

    @Test
    void a_repeated_creation_gets_the_first_answer_after_the_order_has_moved_on() throws Exception {
        Answer first = orders.post("/orders", CREATE, "Idempotency-Key", "k-1");
        orders.post("/orders/" + first.orderId() + "/items", ADD);
        orders.post("/orders/" + first.orderId() + "/ship", SHIP);

        Answer again = orders.post("/orders", CREATE, "Idempotency-Key", "k-1");

        assertSameAnswer(again, first);
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    }

    @Test
    void a_repeated_item_gets_the_first_answer_after_the_order_was_shipped() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        Answer first = orders.post("/orders/" + id + "/items", ADD, "Idempotency-Key", "k-1");
        orders.post("/orders/" + id + "/ship", SHIP);

        Answer again = orders.post("/orders/" + id + "/items", ADD, "Idempotency-Key", "k-1");

        assertSameAnswer(again, first);
        assertThat(orders.get("/orders/" + id).json().get("version").intValue()).isEqualTo(3);
    }

    @Test
    void a_repeat_with_the_if_match_of_the_first_time_gets_the_first_answer() throws Exception {
        String id = orders.post("/orders", CREATE).orderId();
        String[] headers = {"Idempotency-Key", "k-1", "If-Match", "\"1\""};
        Answer first = orders.post("/orders/" + id + "/ship", SHIP, headers);

        assertSameAnswer(orders.post("/orders/" + id + "/ship", SHIP, headers), first);
    }

    @Test
    void the_same_amount_written_otherwise_is_the_same_request() throws Exception {
        Answer first = orders.post("/orders", CREATE, "Idempotency-Key", "k-1");

        Answer again = orders.post("/orders", CREATE.replace("49.99", "\"49.990\""), "Idempotency-Key", "k-1");

        assertSameAnswer(again, first);
    }

    @Test
    void the_same_key_with_another_body_is_refused() throws Exception {
        Answer first = orders.post("/orders", CREATE, "Idempotency-Key", "k-1");
        orders.post("/orders/" + first.orderId() + "/items", ADD, "Idempotency-Key", "k-2");

        Answer order = orders.post("/orders", CREATE.replace("CUST-123", "CUST-124"), "Idempotency-Key", "k-1");
        Answer item = orders.post(
                "/orders/" + first.orderId() + "/items", ADD.replace("29.99", "29.98"), "Idempotency-Key", "k-2");
        Answer other = orders.post("/orders/" + first.orderId() + "/ship", SHIP, "Idempotency-Key", "k-2");

        for (Answer refused : new Answer[] {order, item, other}) {
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.json().get("type").textValue()).isEqualTo("urn:daybook:problem:idempotency-key-reused");
        }
        assertThat(orders.get("/orders/" + first.orderId())
                        .json()
                        .get("version")
                        .intValue())
                .isEqualTo(2);
    }

    private static void assertSameAnswer(Answer again, Answer first) {
        assertThat(again.status()).isEqualTo(first.status());
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
    }
}
