package io.daybook.sample.order.process;

import io.daybook.process.ProcessManager;
import io.daybook.sample.order.command.RequestRefund;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.RefundPaid;
import java.math.BigDecimal;

/**
 * A process that pays the refund for a canceled order. If the payment gateway fails, the command is sent again under the same key. After 5
 * attempts the instance is parked until an operator retries or cancels it.
 */
public final class Refunding {

    /** The number of attempts to pay a refund. */
    public static final int ATTEMPTS = 5;

    /**
     * The state of an instance.
     *
     * @param orderId the id of the order
     * @param amount the amount to refund
     */
    public record State(String orderId, BigDecimal amount) {}

    /** The process, with one instance for each canceled order that has a refund, under the id of the order. */
    public static final ProcessManager<State> PROCESS = ProcessManager.named("Refunding", 1, State.class)
            .startsWith(
                    OrderCancelled.class,
                    event -> event.refundAmount().signum() > 0 ? event.orderId() : null,
                    (step, event) -> step.become(new State(event.orderId(), event.refundAmount()))
                            .send("refund", new RequestRefund(event.orderId(), event.refundAmount())))
            .on(RefundPaid.class, RefundPaid::orderId, (step, event) -> step.end())
            .maxAttempts("refund", ATTEMPTS)
            .build();

    private Refunding() {}
}
