package io.daybook.sample.order.command;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.sample.order.domain.Refund;

/** The registration of the refund commands with their handlers. */
public final class RefundCommands {

    private RefundCommands() {}

    /**
     * Registers the commands of refunds. The id of the command is the idempotency key of the payment, so a repeated command pays once.
     *
     * @param bus the bus that is being built
     * @param refunds the repository of refunds
     * @param gateway pays the refunds
     * @return the bus that is being built
     */
    public static CommandBus.Builder register(
            CommandBus.Builder bus, AggregateRepository<Refund> refunds, PaymentGateway gateway) {
        return bus.handling(RequestRefund.class, (command, context) -> {
            String reference = gateway.refund(context.metadata().commandId(), command.orderId(), command.amount());
            return refunds.createOrUpdate(
                    command.orderId(), context.updateContext(), refund -> refund.paid(command.amount(), reference));
        });
    }
}
