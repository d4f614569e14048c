package io.daybook.sample.order.command;

import io.daybook.command.Command;
import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.domain.ShippingAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Place an order.
 *
 * @param orderId the id of the new order
 * @param customerId the id of the customer
 * @param items the ordered items, at least one
 * @param shippingAddress the address to which the order is sent
 */
public record CreateOrder(String orderId, String customerId, List<OrderItem> items, ShippingAddress shippingAddress)
        implements Command {

    /** Copies the items. A missing list becomes an empty one, which is invalid. */
    public CreateOrder {
        items = items == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(items));
    }

    @Override
    public String aggregateId() {
        return orderId;
    }

    @Override
    public void validate(Violations violations) {
        OrderRules.checkText(violations, "customerId", customerId, OrderRules.MAX_ID);
        OrderRules.checkItems(violations, items);
        OrderRules.checkAddress(violations, shippingAddress);
    }
}
