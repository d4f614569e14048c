package io.daybook.sample.order;

import static io.daybook.sample.order.RunningOrders.ADD;
import static io.daybook.sample.order.RunningOrders.CANCEL;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static io.daybook.sample.order.RunningOrders.SHIP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.contract.Patience;
import io.daybook.sample.order.RunningOrders.Answer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists, search, time travel and the audit trail over HTTP. */
class OrderListIT {

    private final RunningOrders orders = RunningOrders.start(OrderComponents.inMemory());

    @AfterEach
    void stop() {
        orders.close();
    }

    private String order(String customer, String price) throws Exception {
        return orders.post("/orders", CREATE.replace("CUST-123", customer).replace("49.99", price))
                .orderId();
    }

    private List<String> ids(String path) throws Exception {
        orders.application().projector().drain(Patience.LIMIT);
        Answer answer = orders.get(path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return ids(answer.json());
    }

    private static List<String> ids(JsonNode list) {
        return StreamSupport.stream(list.get("orders").spliterator(), false)
                .map(order -> order.get("order_id").textValue())
                .toList();
    }

    @Test
    void filters_and_sorts_orders() throws Exception {
        String cheap = order("alice", "1.00");
        String dear = order("alice", "900.00");
        String other = order("bob", "20.00");
        orders.post("/orders/" + cheap + "/ship", SHIP);
        orders.post("/orders/" + other + "/cancel", CANCEL);

        assertThat(ids("/orders")).containsExactly(other, dear, cheap);
        assertThat(ids("/orders?sort=created_at")).containsExactly(cheap, dear, other);
        assertThat(ids("/orders?sort=-changed_at")).containsExactly(other, cheap, dear);
        assertThat(ids("/orders?sort=total_amount")).containsExactly(cheap, other, dear);
        assertThat(ids("/orders?customer_id=alice")).containsExactly(dear, cheap);
        assertThat(ids("/orders?customer_id=ALICE")).isEmpty();
        assertThat(ids("/orders?status=shipped")).containsExactly(cheap);
        assertThat(ids("/orders?status=cancelled,shipped&sort=changed_at")).containsExactly(cheap, other);
        assertThat(ids("/orders?customer_id=bob&status=created")).isEmpty();
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
        assertThat(ids("/orders?from_date=" + yesterday + "&sort=total_amount")).hasSize(3);
        assertThat(ids("/orders?to_date=2020-01-31&sort=changed_at")).isEmpty();
        assertThat(ids("/orders?from_date=2020-01-31&to_date=2020-01-31")).isEmpty();
        assertThat(today).isGreaterThan(yesterday);
    }

    @Test
    void lists_the_same_orders_as_they_are_shown_one_by_one() throws Exception {
        String id = order("alice", "5");
        orders.post("/orders/" + id + "/ship", SHIP);
        orders.application().projector().drain(Patience.LIMIT);

        String listed = orders.get("/orders").body();
        String shown = orders.get("/orders/" + id).body();

        assertThat(listed).startsWith("{\"orders\":[" + shown.substring(0, shown.length() - 1) + ",\"created_at\":\"");
        assertThat(listed).endsWith("\"}]}");
    }

    @Test
    void follows_links_through_all_pages_while_orders_change() throws Exception {
        List<String> placed = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            placed.add(0, order("alice", "" + (i + 1)));
        }
        orders.application().projector().drain(Patience.LIMIT);

        List<String> found = new ArrayList<>();
        String path = "/orders?customer_id=alice&limit=5";
        while (!path.isEmpty()) {
            Answer page = orders.get(path);
            found.addAll(ids(page.json()));
            String link = page.header("Link");
            assertThat(link.isEmpty()).isEqualTo(!page.json().has("next"));
            path = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
            orders.post("/orders/" + placed.get(0) + "/items", ADD); // which does not change the order of the list
            order("alice", "1"); // comes before the first page
        }

        assertThat(found).isEqualTo(placed);
    }

    @Test
    void searches_by_the_beginnings_of_words() throws Exception {
        String alice = order("Alice-Cooper", "1");
        String bob = order("bob", "1");
        orders.post("/orders/" + bob + "/items", ADD.replace("PROD-002", "Lamp.Blue"));
        orders.post("/orders/" + alice + "/ship", SHIP.replace("1Z999", "1Z-555"));

        assertThat(ids("/orders/search?q=prod")).containsExactly(alice, bob);
        assertThat(ids("/orders/search?q=PROD-001")).containsExactly(alice, bob);
        assertThat(ids("/orders/search?q=coop")).containsExactly(alice);
        assertThat(ids("/orders/search?q=blue+bob")).containsExactly(bob);
        assertThat(ids("/orders/search?q=blue+coop")).isEmpty();
        assertThat(ids("/orders/search?q=555")).containsExactly(alice);
        assertThat(ids("/orders/search?q=lue")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/orders?page=2 page after",
                "/orders?limit=101 limit 100",
                "/orders?status=open status created",
                "/orders?from_date=2026-02-30 from_date 2026-01-31",
                "/orders?from_date=2026-02-02&to_date=2026-02-01 to_date from_date",
                "/orders?sort=price sort total_amount",
                "/orders?customer_id= customer_id blank",
                "/orders?after=x after first",
                "/orders?color=red color known",
                "/orders/search q 3",
                "/orders/search?q=ab q 3",
                "/orders/search?q=a+bcd q 3"
            })
    void refuses_invalid_parameter_and_names_it(String path, String parameter, String advice) throws Exception {
        Answer answer = orders.get(path);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("violations")).hasSize(1);
        assertThat(answer.json().at("/violations/0/path").textValue()).isEqualTo(parameter);
        assertThat(answer.json().at("/violations/0/message").textValue()).contains(advice);
    }

    @Test
    void next_of_another_list_is_refused() throws Exception {
        order("alice", "1");
        order("alice", "2");
        orders.application().projector().drain(Patience.LIMIT);
        String next = orders.get("/orders?limit=1").json().get("next").textValue();

        Answer other = orders.get("/orders?limit=1&sort=created_at&after=" + next);

        assertThat(other.status()).isEqualTo(400);
        assertThat(other.json().at("/violations/0/path").textValue()).isEqualTo("after");
    }

    @Test
    void shows_an_order_as_it_was_at_each_version() throws Exception {
        String id = order("alice", "10");
        orders.post("/orders/" + id + "/items", ADD);
        orders.post("/orders/" + id + "/ship", SHIP);

        assertThat(orders.get("/orders/" + id + "?version=1")
                        .json()
                        .get("total_amount")
                        .asText())
                .isEqualTo("20.00");
        Answer second = orders.get("/orders/" + id + "?version=2");
        assertThat(second.json().get("status").textValue()).isEqualTo("created");
        assertThat(second.json().get("items")).hasSize(2);
        assertThat(second.header("ETag")).isEqualTo("\"2\"");
        assertThat(orders.get("/orders/" + id + "?version=3").body())
                .isEqualTo(orders.get("/orders/" + id).body());
        Answer later = orders.get("/orders/" + id + "?version=4");
        assertThat(later.status()).isEqualTo(404);
        assertThat(later.json().get("detail").textValue()).contains("at version 3");
        assertThat(orders.get("/orders/unknown?version=1").status()).isEqualTo(404);
    }

    @Test
    void history_says_who_changed_what() throws Exception {
        String id = order("alice", "10");
        orders.post("/orders/" + id + "/items", ADD, "X-User-Id", "bob");
        orders.post("/orders/" + id + "/items", ADD);
        orders.post("/orders/" + id + "/cancel", CANCEL, "Idempotency-Key", "k-1");

        JsonNode history = orders.get("/orders/" + id + "/history").json().get("history");

        assertThat(history).hasSize(4);
        assertThat(history.get(0).get("changes").toString()).contains("{\"path\":\"status\",\"after\":\"created\"}");
        assertThat(history.get(1).get("user_id").textValue()).isEqualTo("bob");
        assertThat(history.get(1).get("changes").toString())
                .isEqualTo("[{\"path\":\"items[1].product_id\",\"after\":\"PROD-002\"},"
                        + "{\"path\":\"items[1].quantity\",\"after\":1},"
                        + "{\"path\":\"items[1].unit_price\",\"after\":29.99},"
                        + "{\"path\":\"total_amount\",\"before\":20.00,\"after\":49.99}]");
        assertThat(history.get(2).get("changes").toString())
                .contains("{\"path\":\"items[1].quantity\",\"before\":1,\"after\":2}");
        assertThat(history.get(3).get("event_type").textValue()).isEqualTo("OrderCancelled");
        assertThat(history.get(3).get("command_id").textValue()).isEqualTo("k-1");
        JsonNode second =
                orders.get("/orders/" + id + "/history?after=1&limit=1").json();
        assertThat(second.get("history").get(0)).isEqualTo(history.get(1));
        assertThat(second.get("next_after").intValue()).isEqualTo(2);
        assertThat(orders.get("/orders/" + id + "/history?after=4").json().get("history"))
                .isEmpty();
        assertThat(orders.get("/orders/unknown/history").status()).isEqualTo(404);
    }
}
