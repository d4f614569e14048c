package io.daybook.sample.order.process;

import io.daybook.process.ProcessManager;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderShipped;
import java.time.Duration;

/** A process that cancels an order that is not shipped in time. */
public final class OrderExpiry {

    /** The reason for the cancellation. */
    public static final String REASON = "Not shipped in time";

    /**
     * The state of an instance.
     *
     * @param orderId the id of the order
     */
    public record State(String orderId) {}

    private OrderExpiry() {}

    /**
     * Creates the process. A different time applies to orders that are placed later.
     *
     * @param time the time from placing an order to its expiry; zero if orders do not expire, including those placed before
     * @return the process, with one instance for each order, under the id of the order
     */
    public static ProcessManager<State> after(Duration time) {
        boolean expires = !time.isZero();
        return ProcessManager.named("OrderExpiry", 1, State.class)
                // all events are in one stream, so none arrives before the one that starts the instance
                .earlyInputs(Duration.ZERO)
                .startsWith(
                        OrderCreated.class,
                        event -> expires ? event.orderId() : null,
                        (step, event) -> step.become(new State(event.orderId())).timer("unshipped", time))
                .on(OrderShipped.class, OrderShipped::orderId, (step, event) -> step.end())
                .on(OrderCancelled.class, OrderCancelled::orderId, (step, event) -> step.end())
                .onTimer("unshipped", step -> {
                    if (expires) {
                        step.send("cancel", new CancelOrder(step.state().orderId(), REASON));
                    } else {
                        step.end();
                    }
                })
                // the order was shipped or canceled at the same moment
                .onRejected("cancel", (step, rejection) -> step.end())
                .build();
    }
}
