package io.daybook.sample.order.command;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderItem;

/** The registration of the order commands with their handlers. */
public final class OrderCommands {

    private OrderCommands() {}

    /**
     * Registers the commands of orders.
     *
     * @param bus the bus that is being built
     * @param orders the repository of the orders
     * @return the bus that is being built
     */
    public static CommandBus.Builder register(CommandBus.Builder bus, AggregateRepository<Order> orders) {
        return bus.creating(
                        CreateOrder.class,
                        orders,
                        (order, command, context) ->
                                order.create(command.customerId(), command.items(), command.shippingAddress()))
                .updating(
                        AddOrderItem.class,
                        orders,
                        (order, command, context) -> order.addItem(
                                new OrderItem(command.productId(), command.quantity(), command.unitPrice())))
                .updating(
                        ShipOrder.class,
                        orders,
                        (order, command, context) ->
                                order.ship(command.trackingNumber(), command.carrier(), context.now()))
                .updating(
                        CancelOrder.class,
                        orders,
                        (order, command, context) -> order.cancel(command.reason(), context.now()));
    }
}
