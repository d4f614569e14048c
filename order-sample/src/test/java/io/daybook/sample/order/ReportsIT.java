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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Totals of customers and of days over HTTP. */
class ReportsIT {

    private final RunningOrders orders = RunningOrders.start(OrderComponents.inMemory());

    @AfterEach
    void stop() {
        orders.close();
    }

    private String order(String customer) throws Exception {
        return orders.post("/orders", CREATE.replace("CUST-123", customer)).orderId();
    }

    @Test
    void totals_of_a_customer_follow_its_orders() throws Exception {
        String shipped = order("alice");
        String cancelled = order("alice");
        String open = order("alice");
        order("bob");
        orders.post("/orders/" + open + "/items", ADD);
        orders.post("/orders/" + shipped + "/ship", SHIP);
        orders.post("/orders/" + cancelled + "/cancel", CANCEL);
        orders.application().projector().drain(Patience.LIMIT);

        Answer summary = orders.get("/customers/alice/summary");

        assertThat(summary.body())
                .isEqualTo("{\"customer_id\":\"alice\",\"orders\":3,\"open\":1,\"shipped\":1,\"cancelled\":1,"
                        + "\"total_amount\":229.95}");
        assertThat(orders.get("/customers/alice/order-summary").body()).isEqualTo(summary.body());
        assertThat(orders.get("/customers/alice/summary", "If-None-Match", summary.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(orders.get("/customers/carol/summary").status()).isEqualTo(404);
    }

    @Test
    void shows_a_clients_own_orders_with_projector_stopped() throws Exception {
        orders.application().projector().close();
        String token = "";
        for (int i = 1; i <= 5; i++) {
            token = orders.post("/orders", CREATE, "Consistency-Token", token).header("Consistency-Token");

            Answer customer = orders.get("/customers/CUST-123/summary", "Consistency-Token", token);
            assertThat(customer.json().get("orders").intValue()).isEqualTo(i);
        }
        String today = orders.get("/orders", "Consistency-Token", token)
                .json()
                .at("/orders/0/created_at")
                .textValue()
                .substring(0, 10);
        JsonNode day = orders.get("/reports/daily-orders?date=" + today, "Consistency-Token", token)
                .json()
                .at("/days/0");
        assertThat(day.get("orders").intValue()).isBetween(1, 5); // fewer at midnight
    }

    @Test
    void report_has_every_day_and_its_totals() throws Exception {
        String id = order("alice");
        orders.post("/orders/" + order("bob") + "/cancel", CANCEL);
        orders.application().projector().drain(Patience.LIMIT);
        String day = orders.get("/orders/" + id + "/events")
                .json()
                .at("/events/0/timestamp")
                .textValue()
                .substring(0, 10);
        String before = LocalDate.parse(day).minusDays(2).toString();
        String after = LocalDate.parse(day).plusDays(1).toString();

        JsonNode days = orders.get("/reports/daily-orders?from_date=" + before + "&to_date=" + after)
                .json()
                .get("days");

        assertThat(days).hasSize(4);
        assertThat(days.get(0).toString())
                .isEqualTo("{\"date\":\"" + before + "\",\"orders\":0,\"cancelled\":0,\"total_amount\":0.00}");
        assertThat(days.get(2).get("orders").intValue()
                        + days.get(3).get("orders").intValue())
                .isEqualTo(2);
        assertThat(days.get(2).get("total_amount").asText()).isEqualTo("99.98");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/reports/daily-orders date from_date",
                "/reports/daily-orders?date=2026-02-30 date 2026-01-31",
                "/reports/daily-orders?date=2026-02-01&to_date=2026-02-02 date from_date",
                "/reports/daily-orders?from_date=2026-02-01 to_date missing",
                "/reports/daily-orders?to_date=2026-02-01 from_date missing",
                "/reports/daily-orders?from_date=2026-02-01&to_date=2026-01-31 to_date 91",
                "/reports/daily-orders?from_date=2026-01-01&to_date=2026-04-03 to_date 91",
                "/customers/alice/summary?page=2 page after",
                "/customers/alice/order-summary?x=2 x known"
            })
    void refuses_invalid_parameter_and_names_it(String path, String parameter, String advice) throws Exception {
        Answer answer = orders.get(path);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("violations")).hasSize(1);
        assertThat(answer.json().at("/violations/0/path").textValue()).isEqualTo(parameter);
        assertThat(answer.json().at("/violations/0/message").textValue()).contains(advice);
    }
}
