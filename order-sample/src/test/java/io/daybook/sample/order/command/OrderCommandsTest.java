package io.daybook.sample.order.command;

import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateResult;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandValidationException;
import io.daybook.command.Violation;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.domain.ShippingAddress;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderCommandsTest {

    private final AggregateRepository<Order> orders =
            AggregateRepository.of(Order.TYPE, new InMemoryEventStore(OrderEvents.serializer()));
    private final CommandBus bus =
            OrderCommands.register(CommandBus.builder(), orders).build();

    @Test
    void all_violations_of_a_command_are_reported_at_once() {
        var invalid = catchThrowableOfType(
                CommandValidationException.class,
                () -> bus.send(
                        new CreateOrder(
                                "42",
                                "",
                                List.of(item("PROD-001", 0, "1.005"), item("", 1, "-1")),
                                new ShippingAddress("", "Seattle", "WA", "x".repeat(201))),
                        CommandMetadata.empty()));

        assertThat(invalid.violations())
                .extracting(Violation::path)
                .containsExactly(
                        "customerId",
                        "items[0].quantity",
                        "items[0].unitPrice",
                        "items[1].productId",
                        "items[1].unitPrice",
                        "shippingAddress.street",
                        "shippingAddress.zip");
    }

    @Test
    void a_command_that_arrives_as_json_without_its_fields_is_invalid() {
        byte[] json = "{\"orderId\":\"42\",\"items\":[null]}".getBytes(StandardCharsets.UTF_8);

        var invalid = catchThrowableOfType(
                CommandValidationException.class, () -> bus.send("CreateOrder", 1, json, CommandMetadata.empty()));

        assertThat(invalid.violations())
                .extracting(Violation::path)
                .containsExactly("customerId", "items[0]", "shippingAddress");
    }

    @Test
    void a_repeated_command_gets_its_first_result_after_the_order_was_shipped() {
        bus.send(
                new CreateOrder("42", "CUST-123", List.of(item("PROD-001", 2, "49.99")), SEATTLE),
                CommandMetadata.empty());
        AddOrderItem add = new AddOrderItem("42", "PROD-002", 1, new BigDecimal("29.99"));
        CommandMetadata metadata =
                CommandMetadata.builder().idempotencyKey("add-1").build();
        bus.send(add, metadata);
        bus.send(new ShipOrder("42", "1Z999", "UPS"), CommandMetadata.empty());

        UpdateResult<?> repeated = bus.send(add, metadata);

        assertThat(repeated.duplicate()).isTrue();
        assertThat(repeated.version()).isEqualTo(2);
        assertThat(orders.load("42").version()).isEqualTo(3);
    }

    @Test
    void the_state_as_it_was_can_be_loaded() {
        bus.send(
                new CreateOrder("42", "CUST-123", List.of(item("PROD-001", 2, "49.99")), SEATTLE),
                CommandMetadata.empty());
        bus.send(new CancelOrder("42", "Ordered by mistake"), CommandMetadata.empty());

        assertThat(orders.load("42", 1).state().cancellation()).isNull();
        assertThat(orders.load("42").state().cancellation().refundAmount()).isEqualTo(new BigDecimal("99.98"));
    }
}
