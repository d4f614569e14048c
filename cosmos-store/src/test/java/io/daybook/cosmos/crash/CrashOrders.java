package io.daybook.cosmos.crash;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.process.ProcessManager;
import io.daybook.process.Reaction;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Duration;

/**
 * Orders that are shipped or expire. An account gets points for each order and a refund for each that expires: commands that take effect
 * as often as they are handled. {@link CrashRunner} runs the reaction and the process.
 */
public final class CrashOrders {

    static final Duration TIME_TO_SHIP = Duration.ofHours(1);

    /** An event of an order. */
    public sealed interface OrderEvent extends DomainEvent {}

    /** An order was placed. */
    @EventType("Placed")
    public record Placed(String id, String account) implements OrderEvent {}

    @EventType("Shipped")
    record Shipped(String id) implements OrderEvent {}

    @EventType("Expired")
    record Expired(String id) implements OrderEvent {}

    sealed interface AccountEvent extends DomainEvent {
        String order();
    }

    @EventType("PointsAdded")
    record PointsAdded(String order) implements AccountEvent {}

    @EventType("Refunded")
    record Refunded(String order) implements AccountEvent {}

    record Expire(String aggregateId) implements Command {}

    record AddPoints(String aggregateId, String order) implements Command {}

    record Refund(String aggregateId, String order) implements Command {}

    record Unshipped(String order, String account) {}

    /** An order. */
    public static final class Order extends AggregateRoot<OrderEvent> {
        /** Its type. */
        public static final AggregateType<Order, OrderEvent> TYPE = AggregateType.named(
                        "Order", OrderEvent.class, Order::new)
                .on(Placed.class, (order, event) -> {})
                .on(Shipped.class, (order, event) -> order.over = true)
                .on(Expired.class, (order, event) -> order.over = true)
                .build();

        private boolean over;

        /**
         * Places the order.
         *
         * @param account that of its customer
         */
        public void place(String account) {
            raise(new Placed(id(), account));
        }

        void ship() {
            require(!over, "the order is over");
            raise(new Shipped(id()));
        }

        void expire() {
            require(!over, "the order is over");
            raise(new Expired(id()));
        }
    }

    static final class Account extends AggregateRoot<AccountEvent> {
        static final AggregateType<Account, AccountEvent> TYPE = AggregateType.named(
                        "Account", AccountEvent.class, Account::new)
                .on(PointsAdded.class, (account, event) -> {})
                .on(Refunded.class, (account, event) -> {})
                .build();

        void addPoints(String order) {
            raise(new PointsAdded(order));
        }

        void refund(String order) {
            raise(new Refunded(order));
        }
    }

    static final Reaction POINTS = Reaction.named("points")
            .on(Placed.class, event -> new AddPoints(event.account(), event.id()))
            .build();

    static final ProcessManager<Unshipped> EXPIRY = ProcessManager.named("Expiry", 1, Unshipped.class)
            .startsWith(
                    Placed.class,
                    Placed::id,
                    (step, event) -> step.become(new Unshipped(event.id(), event.account()))
                            .timer("unshipped", TIME_TO_SHIP))
            .on(Shipped.class, Shipped::id, (step, event) -> step.end())
            .on(
                    Expired.class,
                    Expired::id,
                    (step, event) -> step.send(
                                    "refund",
                                    new Refund(
                                            step.state().account(), step.state().order()))
                            .end())
            .onTimer(
                    "unshipped",
                    step -> step.send("expire", new Expire(step.state().order())))
            .onRejected("expire", (step, rejection) -> step.end())
            .build();

    /** Reads and writes the events of orders and accounts. */
    public static final JacksonEventSerializer SERIALIZER =
            JacksonEventSerializer.of(Order.TYPE.eventTypes().and(Account.TYPE.eventTypes()));

    private CrashOrders() {}
}
