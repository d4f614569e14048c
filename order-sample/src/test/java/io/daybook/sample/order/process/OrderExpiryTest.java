package io.daybook.sample.order.process;

import static io.daybook.sample.order.domain.Orders.cancelled;
import static io.daybook.sample.order.domain.Orders.created;
import static io.daybook.sample.order.domain.Orders.shipped;

import io.daybook.process.ProcessManager;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.testkit.ProcessScenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OrderExpiryTest {

    private static final Duration TIME = Duration.ofDays(30);
    private static final ProcessManager<OrderExpiry.State> EXPIRY = OrderExpiry.after(TIME);
    private static final CancelOrder CANCEL = new CancelOrder("42", "Not shipped in time");

    @Test
    void cancels_order_that_is_not_shipped_in_time() {
        ProcessScenario.of(EXPIRY)
                .given(created("42"))
                .whenTimePasses(TIME)
                .given(cancelled("42"))
                .thenSends(CANCEL)
                .thenState("42", new OrderExpiry.State("42"))
                .thenEnded("42");
    }

    @Test
    void does_nothing_before_the_time() {
        ProcessScenario.of(EXPIRY)
                .given(created("42"))
                .whenTimePasses(TIME.minusNanos(1))
                .thenSends();
    }

    @Test
    void shipped_or_canceled_order_does_not_expire() {
        ProcessScenario.of(EXPIRY)
                .given(created("42"), shipped("42"))
                .whenTimePasses(TIME)
                .thenSends()
                .thenEnded("42");
        ProcessScenario.of(EXPIRY)
                .given(created("42"), cancelled("42"))
                .whenTimePasses(TIME)
                .thenSends()
                .thenEnded("42");
    }

    @Test
    void ends_when_order_was_shipped_at_the_same_moment() {
        ProcessScenario.of(EXPIRY)
                .rejecting(CANCEL::equals)
                .given(created("42"))
                .whenTimePasses(TIME)
                .given(shipped("42"))
                .thenSends(CANCEL)
                .thenEnded("42");
    }
}
