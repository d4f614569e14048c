package io.daybook.sample.order.process;

import static io.daybook.sample.order.domain.Orders.cancelled;

import io.daybook.process.InstanceState;
import io.daybook.sample.order.command.RequestRefund;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.Orders;
import io.daybook.sample.order.domain.RefundPaid;
import io.daybook.testkit.ProcessScenario;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class RefundingTest {

    private static final BigDecimal AMOUNT = new BigDecimal("99.98");
    private static final RequestRefund REQUEST = new RequestRefund("42", AMOUNT);
    private static final RefundPaid PAID = new RefundPaid("42", AMOUNT, "refund-1");

    @Test
    void canceled_order_is_refunded() {
        ProcessScenario.of(Refunding.PROCESS)
                .given(cancelled("42"), PAID)
                .thenSends(REQUEST)
                .thenState("42", new Refunding.State("42", AMOUNT))
                .thenEnded("42");
    }

    @Test
    void order_that_cost_nothing_is_not_refunded() {
        ProcessScenario.of(Refunding.PROCESS)
                .given(new OrderCancelled("42", "Ordered by mistake", Orders.NOW, new BigDecimal("0.00")))
                .thenSends();
    }

    @Test
    void refund_that_is_rejected_is_parked() {
        ProcessScenario.of(Refunding.PROCESS)
                .rejecting(REQUEST::equals)
                .given(cancelled("42"))
                .thenSends(REQUEST)
                .thenIs("42", InstanceState.PARKED);
    }
}
