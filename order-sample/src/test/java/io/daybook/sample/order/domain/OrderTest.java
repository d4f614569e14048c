package io.daybook.sample.order.domain;

import static io.daybook.sample.order.domain.Orders.NOW;
import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.cancelled;
import static io.daybook.sample.order.domain.Orders.created;
import static io.daybook.sample.order.domain.Orders.item;
import static io.daybook.sample.order.domain.Orders.shipped;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.DomainException;
import io.daybook.testkit.AggregateScenario;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {

    private static final AggregateScenario<Order, OrderEvent> ORDER =
            AggregateScenario.of(Order.TYPE).id("42").serializer(OrderEvents.serializer());

    @Test
    void an_order_is_created_with_its_total() {
        ORDER.given()
                .when(order -> order.create("CUST-123", List.of(item("PROD-001", 2, "49.99")), SEATTLE))
                .then(created("42"));
    }

    @Test
    void totals_are_exact() {
        ORDER.given()
                .when(order -> order.create(
                        "CUST-123",
                        List.of(item("A", 3, "0.10"), item("B", 7, "0.07"), item("C", 10_000, "1000000")),
                        SEATTLE))
                .thenState(
                        order -> assertThat(order.state().totalAmount()).isEqualTo(new BigDecimal("10000000000.79")));
    }

    @ParameterizedTest
    @CsvSource({"5, 5.00", "5.0, 5.00", "5.000, 5.00", "5.1, 5.10", "0, 0.00", "1E+3, 1000.00", "0E+9, 0.00"})
    void prices_are_kept_with_two_decimals(String price, String kept) {
        ORDER.given()
                .when(order -> order.create("CUST-123", List.of(item("PROD-001", 1, price)), SEATTLE))
                .then(new OrderCreated(
                        "42", "CUST-123", List.of(item("PROD-001", 1, kept)), new BigDecimal(kept), SEATTLE));
    }

    @Test
    void an_order_needs_an_item() {
        ORDER.given()
                .when(order -> order.create("CUST-123", List.of(), SEATTLE))
                .thenRejected(DomainException.class, "at least one item");
    }

    @Test
    void an_order_is_placed_with_at_most_500_items() {
        List<OrderItem> items = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            items.add(item("PROD-" + i, 1, "1"));
        }
        ORDER.given()
                .when(order -> order.create("CUST-123", items, SEATTLE))
                .thenRejected(DomainException.class, "at most 500 items");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001, Integer.MAX_VALUE})
    void a_quantity_is_from_1_to_10000(int quantity) {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-002", quantity, "1.00")))
                .thenRejected(DomainException.class, "quantity must be from 1 to 10000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10_000})
    void the_bounds_of_the_quantity_are_allowed(int quantity) {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-002", quantity, "1.00")))
                .then(new OrderItemAdded("42", "PROD-002", quantity, new BigDecimal("1.00")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.01", "-1E+999999999", "1000000.01", "1E+999999999"})
    void a_price_is_not_negative_and_bounded(String price) {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-002", 1, price)))
                .thenRejected(DomainException.class, "unitPrice must be from 0 to 1000000.00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.001", "9.999", "1E-999999999"})
    void a_price_has_at_most_two_decimals(String price) {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-002", 1, price)))
                .thenRejected(DomainException.class, "unitPrice must have at most two decimals");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\u0000b", "a\nb", "\ud800"})
    void texts_are_present_and_printable(String text) {
        ORDER.given()
                .when(order -> order.create("CUST-123", List.of(item(text, 1, "1")), SEATTLE))
                .thenRejected(DomainException.class, "items[0].productId must not");
    }

    @Test
    void every_address_field_is_present_and_bounded() {
        String message = ORDER.given()
                .when(order -> order.create(
                        "CUST-123",
                        List.of(item("PROD-001", 1, "1")),
                        new ShippingAddress("", " ", "x".repeat(201), "\t")))
                .thenRejected(DomainException.class, "shippingAddress.street must not be blank")
                .getMessage();
        assertThat(message)
                .contains("shippingAddress.city must not be blank")
                .contains("shippingAddress.state must have at most 200 characters")
                .contains("shippingAddress.zip must not be blank");
    }

    @Test
    void an_order_is_created_once() {
        ORDER.given(created("42"))
                .when(order -> order.create("CUST-123", List.of(item("PROD-001", 2, "49.99")), SEATTLE))
                .thenRejected(DomainException.class, "already exists");
    }

    @Test
    void an_order_that_was_never_placed_cannot_be_changed() {
        ORDER.given()
                .when(order -> order.cancel("Ordered by mistake", NOW))
                .thenRejected(DomainException.class, "does not exist");
    }

    @Test
    void an_added_item_raises_the_total() {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-002", 1, "29.99")))
                .then(new OrderItemAdded("42", "PROD-002", 1, new BigDecimal("29.99")))
                .thenState(order -> {
                    assertThat(order.state().totalAmount()).isEqualTo(new BigDecimal("129.97"));
                    assertThat(order.state().items())
                            .containsExactly(item("PROD-001", 2, "49.99"), item("PROD-002", 1, "29.99"));
                });
    }

    @Test
    void more_of_a_product_at_the_same_price_joins_its_line() {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-001", 3, "49.990")))
                .thenState(order -> assertThat(order.state().items()).containsExactly(item("PROD-001", 5, "49.99")));
    }

    @Test
    void the_same_product_at_another_price_is_another_line() {
        ORDER.given(created("42"))
                .when(order -> order.addItem(item("PROD-001", 1, "39.99")))
                .thenState(order -> assertThat(order.state().items())
                        .containsExactly(item("PROD-001", 2, "49.99"), item("PROD-001", 1, "39.99")));
    }

    @Test
    void an_order_has_at_most_500_lines() {
        List<OrderItem> items = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            items.add(item("PROD-" + i, 1, "1.00"));
        }
        OrderCreated full = new OrderCreated("42", "CUST-123", items, new BigDecimal("500.00"), SEATTLE);
        ORDER.given(full)
                .when(order -> order.addItem(item("PROD-500", 1, "1.00")))
                .thenRejected(DomainException.class, "500 lines");
        ORDER.given(full)
                .when(order -> order.addItem(item("PROD-499", 1, "1.00")))
                .then(new OrderItemAdded("42", "PROD-499", 1, new BigDecimal("1.00")));
    }

    @Test
    void a_line_has_at_most_ten_million_pieces() {
        OrderCreated full = new OrderCreated(
                "42", "CUST-123", List.of(item("PROD-001", 9_999_999, "1.00")), new BigDecimal("9999999.00"), SEATTLE);
        ORDER.given(full)
                .when(order -> order.addItem(item("PROD-001", 2, "1.00")))
                .thenRejected(DomainException.class, "at most 10000000 of one product");
    }

    @Test
    void nothing_can_be_added_to_a_shipped_order() {
        ORDER.given(created("42"), shipped("42"))
                .when(order -> order.addItem(item("PROD-002", 1, "29.99")))
                .thenRejected(DomainException.class, "nothing can be added to a shipped");
    }

    @Test
    void nothing_can_be_added_to_a_cancelled_order() {
        ORDER.given(created("42"), cancelled("42"))
                .when(order -> order.addItem(item("PROD-002", 1, "29.99")))
                .thenRejected(DomainException.class, "nothing can be added to a cancelled");
    }

    @Test
    void an_order_is_shipped() {
        ORDER.given(created("42"))
                .when(order -> order.ship("1Z999", "UPS", NOW))
                .then(shipped("42"))
                .thenState(order -> assertThat(order.status()).hasValue(OrderStatus.SHIPPED));
    }

    @ParameterizedTest
    @CsvSource({"'', UPS, trackingNumber", "1Z999, '', carrier"})
    void shipping_needs_a_tracking_number_and_a_carrier(String trackingNumber, String carrier, String missing) {
        ORDER.given(created("42"))
                .when(order -> order.ship(trackingNumber, carrier, NOW))
                .thenRejected(DomainException.class, missing + " must not be blank");
    }

    @Test
    void shipping_again_with_the_same_data_changes_nothing() {
        ORDER.given(created("42"), shipped("42"))
                .when(order -> order.ship("1Z999", "UPS", NOW.plus(Duration.ofDays(1))))
                .then();
    }

    @ParameterizedTest
    @CsvSource({"1Z998, UPS", "1Z999, DHL"})
    void shipping_again_with_other_data_is_refused(String trackingNumber, String carrier) {
        ORDER.given(created("42"), shipped("42"))
                .when(order -> order.ship(trackingNumber, carrier, NOW))
                .thenRejected(DomainException.class, "already shipped");
    }

    @Test
    void a_cancelled_order_cannot_be_shipped() {
        ORDER.given(created("42"), cancelled("42"))
                .when(order -> order.ship("1Z999", "UPS", NOW))
                .thenRejected(DomainException.class, "a cancelled order cannot be shipped");
    }

    @Test
    void cancelling_states_the_refund_and_alters_nothing_recorded() {
        ORDER.given(created("42"), new OrderItemAdded("42", "PROD-002", 1, new BigDecimal("29.99")))
                .when(order -> order.cancel("Ordered by mistake", NOW))
                .then(new OrderCancelled("42", "Ordered by mistake", NOW, new BigDecimal("129.97")))
                .thenState(order -> {
                    assertThat(order.status()).hasValue(OrderStatus.CANCELLED);
                    assertThat(order.state().totalAmount()).isEqualTo(new BigDecimal("129.97"));
                    assertThat(order.state().items()).hasSize(2);
                });
    }

    @Test
    void cancelling_needs_a_reason() {
        ORDER.given(created("42"))
                .when(order -> order.cancel(" ", NOW))
                .thenRejected(DomainException.class, "reason must not be blank");
    }

    @Test
    void cancelling_again_for_the_same_reason_changes_nothing() {
        ORDER.given(created("42"), cancelled("42"))
                .when(order -> order.cancel("Ordered by mistake", NOW.plus(Duration.ofDays(1))))
                .then();
    }

    @Test
    void cancelling_again_for_another_reason_is_refused() {
        ORDER.given(created("42"), cancelled("42"))
                .when(order -> order.cancel("Too expensive", NOW))
                .thenRejected(DomainException.class, "another reason");
    }

    @Test
    void a_shipped_order_cannot_be_cancelled() {
        ORDER.given(created("42"), shipped("42"))
                .when(order -> order.cancel("Ordered by mistake", NOW))
                .thenRejected(DomainException.class, "a shipped order cannot be cancelled");
    }
}
