package io.daybook.benchmarks;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.Violations;
import io.daybook.eventstore.AppendLimits;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** Daybook: the command bus with full metadata and a command id, the aggregate, the store in memory. */
final class DaybookOrders implements Contender {

    private static final int MOST_AT_ONCE = AppendLimits.DEFAULT.maxEvents();

    static final class Order extends AggregateRoot<OrderEvent> {

        static final AggregateType<Order, OrderEvent> TYPE = AggregateType.named("Order", OrderEvent.class, Order::new)
                .on(OrderCreated.class, Order::on)
                .on(ItemAdded.class, Order::on)
                .snapshot(OrderState.Snapshot.class, Order::snapshot, Order::restore)
                .build();

        final OrderState state = new OrderState();

        void history(int from, int to) {
            OrderState.history(id(), from, to).forEach(this::raise);
        }

        void addItem(OrderState.AddItem command, Instant now) {
            raise(state.decide(command, now));
        }

        private void on(OrderEvent event) {
            state.apply(event);
        }

        private OrderState.Snapshot snapshot() {
            return state.snapshot();
        }

        private void restore(OrderState.Snapshot snapshot) {
            state.restore(snapshot);
        }
    }

    record AddItem(String aggregateId, String productId, int quantity, BigDecimal unitPrice) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(quantity > 0, "quantity", "must be positive");
            violations.require(unitPrice.signum() >= 0, "unitPrice", "must not be negative");
        }
    }

    private final UnaryOperator<AggregateRepository<Order>> configured;
    private InMemoryEventStore store;
    private AggregateRepository<Order> orders;
    private CommandBus bus;

    private DaybookOrders(UnaryOperator<AggregateRepository<Order>> configured) {
        this.configured = configured;
        reset();
    }

    static DaybookOrders cold() {
        return new DaybookOrders(repository -> repository);
    }

    static Contender cached() {
        return new DaybookOrders(repository -> repository.cache(AggregateCache.inMemory(10_000)));
    }

    static Contender snapshots() {
        return new DaybookOrders(
                repository -> repository.snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(100)));
    }

    @Override
    public void reset() {
        store = new InMemoryEventStore(JacksonEventSerializer.of(Order.TYPE.eventTypes()));
        orders = configured.apply(AggregateRepository.of(Order.TYPE, store));
        bus = CommandBus.builder()
                .updating(
                        AddItem.class,
                        orders,
                        (order, command, context) -> order.addItem(
                                new OrderState.AddItem(
                                        command.aggregateId(),
                                        command.productId(),
                                        command.quantity(),
                                        command.unitPrice()),
                                context.now()))
                .build();
    }

    InMemoryEventStore store() {
        return store;
    }

    CommandBus bus() {
        return bus;
    }

    @Override
    public void create(String orderId, int events) {
        orders.create(orderId, UpdateContext.empty(), order -> order.history(0, Math.min(events, MOST_AT_ONCE)));
        for (int from = MOST_AT_ONCE; from < events; from += MOST_AT_ONCE) {
            int start = from;
            int end = Math.min(events, from + MOST_AT_ONCE);
            orders.update(orderId, UpdateContext.empty(), order -> order.history(start, end));
        }
    }

    @Override
    public void addItem(OrderState.AddItem command, String commandId) {
        try {
            bus.send(
                    new AddItem(command.orderId(), command.productId(), command.quantity(), command.unitPrice()),
                    CommandMetadata.builder()
                            .idempotencyKey(commandId)
                            .correlationId("corr-1")
                            .causationId("cause-1")
                            .userId("alice")
                            .build());
        } catch (ConcurrencyException e) {
            throw new ConflictException();
        }
    }

    @Override
    public OrderState load(String orderId) {
        return orders.load(orderId).state;
    }
}
