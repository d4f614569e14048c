package io.daybook.sample.order.query;

import static io.daybook.sample.order.domain.Orders.NOW;
import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.cancelled;
import static io.daybook.sample.order.domain.Orders.created;
import static io.daybook.sample.order.domain.Orders.item;
import static io.daybook.sample.order.domain.Orders.shipped;

import io.daybook.sample.order.domain.Cancellation;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.OrderStatus;
import io.daybook.sample.order.domain.Shipment;
import io.daybook.testkit.ProjectionScenario;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderSummariesTest {

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant SECOND = FIRST.plusSeconds(1);
    private static final Instant THIRD = FIRST.plusSeconds(2);

    @Test
    void created_order_is_summarized_at_version_one() {
        ProjectionScenario.of(OrderSummaries.PROJECTION)
                .given(created("42"))
                .thenDocument(new OrderSummary(1, order(item("PROD-001", 2, "49.99")), FIRST, FIRST));
    }

    @Test
    void added_item_joins_the_line_of_its_product_and_price() {
        ProjectionScenario.of(OrderSummaries.PROJECTION)
                .given(
                        created("42"),
                        new OrderItemAdded("42", "PROD-001", 3, new BigDecimal("49.99")),
                        new OrderItemAdded("42", "PROD-002", 1, new BigDecimal("5.00")))
                .thenDocument(new OrderSummary(
                        3, order(item("PROD-001", 5, "49.99"), item("PROD-002", 1, "5.00")), FIRST, THIRD));
    }

    @Test
    void shipped_order_shows_its_shipment() {
        OrderSnapshot open = order(item("PROD-001", 2, "49.99"));
        OrderSnapshot expected = new OrderSnapshot(
                OrderStatus.SHIPPED,
                open.customerId(),
                open.items(),
                open.totalAmount(),
                SEATTLE,
                new Shipment("1Z999", "UPS", NOW),
                null);

        ProjectionScenario.of(OrderSummaries.PROJECTION)
                .given(created("42"), shipped("42"))
                .thenDocument(new OrderSummary(2, expected, FIRST, SECOND));
    }

    @Test
    void canceled_order_shows_its_refund() {
        OrderSnapshot open = order(item("PROD-001", 2, "49.99"));
        OrderSnapshot expected = new OrderSnapshot(
                OrderStatus.CANCELLED,
                open.customerId(),
                open.items(),
                open.totalAmount(),
                SEATTLE,
                null,
                new Cancellation("Ordered by mistake", NOW, new BigDecimal("99.98")));

        ProjectionScenario.of(OrderSummaries.PROJECTION)
                .given(created("42"), cancelled("42"))
                .thenDocument(new OrderSummary(2, expected, FIRST, SECOND));
    }

    @Test
    void order_is_found_by_its_ids_and_their_parts() {
        ProjectionScenario.of(OrderSummaries.PROJECTION)
                .given(created("42"))
                .thenIndexed("42", "words", "prod-001", "prod", "001", "cust-123", "cust", "123")
                .thenIndexed("42", "total", new BigDecimal("99.98"));
    }

    private static OrderSnapshot order(OrderItem... items) {
        BigDecimal total = List.of(items).stream().map(OrderItem::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new OrderSnapshot(OrderStatus.CREATED, "CUST-123", List.of(items), total, SEATTLE, null, null);
    }
}
