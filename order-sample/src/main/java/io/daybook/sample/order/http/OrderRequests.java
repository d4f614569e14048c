package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.command.Command;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.daybook.sample.order.command.AddOrderItem;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.sample.order.command.CreateOrder;
import io.daybook.sample.order.command.ShipOrder;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.ShippingAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Makes commands of bodies, or ends the request with all that is wrong, whether it is a type or a value. */
final class OrderRequests {

    private OrderRequests() {}

    static CreateOrder createOrder(String orderId, ObjectNode body) {
        return read(
                body,
                fields -> new CreateOrder(
                        orderId,
                        fields.text("customer_id"),
                        fields.objects("items", OrderRequests::item),
                        fields.object("shipping_address", OrderRequests::address)));
    }

    static AddOrderItem addOrderItem(String orderId, ObjectNode body) {
        return read(body, fields -> {
            OrderItem item = item(fields);
            return new AddOrderItem(orderId, item.productId(), item.quantity(), item.unitPrice());
        });
    }

    static ShipOrder shipOrder(String orderId, ObjectNode body) {
        return read(body, fields -> new ShipOrder(orderId, fields.text("tracking_number"), fields.text("carrier")));
    }

    static CancelOrder cancelOrder(String orderId, ObjectNode body) {
        return read(body, fields -> new CancelOrder(orderId, fields.text("reason")));
    }

    private static OrderItem item(BodyFields fields) {
        return new OrderItem(fields.text("product_id"), fields.integer("quantity"), fields.money("unit_price"));
    }

    private static ShippingAddress address(BodyFields fields) {
        return new ShippingAddress(
                fields.text("street"), fields.text("city"), fields.text("state"), fields.text("zip"));
    }

    private static <C extends Command> C read(ObjectNode body, Function<BodyFields, C> read) {
        BodyFields fields = BodyFields.of(body);
        C command = read.apply(fields);
        fields.refuseOthers();
        Violations violations = new Violations();
        command.validate(violations);
        List<Violation> all = new ArrayList<>(fields.found());
        for (Violation violation : Problems.inSnakeCase(violations.found())) {
            if (fields.found().stream().noneMatch(earlier -> covers(earlier.path(), violation.path()))) {
                all.add(violation);
            }
        }
        if (!all.isEmpty()) {
            throw Problem.invalid(all).asException();
        }
        return command;
    }

    /** Whether what is wrong at one place explains what is wrong at another. */
    private static boolean covers(String place, String other) {
        return other.startsWith(place)
                && (other.length() == place.length()
                        || other.charAt(place.length()) == '.'
                        || other.charAt(place.length()) == '[');
    }
}
