package io.daybook.sample.order.query;

import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.cancelled;
import static io.daybook.sample.order.domain.Orders.created;
import static io.daybook.sample.order.domain.Orders.item;
import static io.daybook.sample.order.domain.Orders.shipped;

import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.testkit.ProjectionScenario;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTotalsTest {

    @Test
    void customer_totals_count_orders_by_status_and_add_amounts() {
        ProjectionScenario.of(OrderTotals.OF_CUSTOMERS)
                .given("1", created("1"), new OrderItemAdded("1", "PROD-002", 1, new BigDecimal("0.02")))
                .given("2", created("2"), shipped("2"))
                .given("3", created("3"))
                .given("3", cancelled("3"))
                .given("4", of("4", "CUST-9", "5.00"))
                .thenDocument("CUST-123", new OrderTotals(3, 1, 1, 1, new BigDecimal("199.98")))
                .thenDocument("CUST-9", new OrderTotals(1, 1, 0, 0, new BigDecimal("5.00")))
                .thenNoDocument("CUST-10");
    }

    @Test
    void amount_of_a_canceled_order_is_taken_back() {
        ProjectionScenario.of(OrderTotals.OF_CUSTOMERS)
                .given(created("42"), cancelled("42"))
                .thenDocument("CUST-123", new OrderTotals(1, 0, 0, 1, BigDecimal.ZERO));
    }

    @Test
    void daily_totals_add_the_orders_of_all_customers() {
        ProjectionScenario.of(OrderTotals.OF_DAYS)
                .given("1", created("1"))
                .given("2", of("2", "CUST-9", "0.02"), shipped("2"))
                .thenDocument("1970-01-01", new OrderTotals(2, 1, 1, 0, new BigDecimal("100.00")));
    }

    @Test
    void order_counts_for_the_day_on_which_it_was_created() {
        ProjectionScenario.of(OrderTotals.OF_DAYS)
                .timestamp(Instant.parse("2026-02-28T23:59:59Z"))
                .given("1", created("1"), shipped("1"))
                .given("2", of("2", "CUST-9", "0.02"))
                .thenDocument("2026-02-28", new OrderTotals(1, 0, 1, 0, new BigDecimal("99.98")))
                .thenDocument("2026-03-01", new OrderTotals(1, 1, 0, 0, new BigDecimal("0.02")));
    }

    private static OrderCreated of(String orderId, String customerId, String price) {
        return new OrderCreated(
                orderId, customerId, List.of(item("PROD-001", 1, price)), new BigDecimal(price), SEATTLE);
    }
}
