package io.daybook.docs;

import com.azure.core.credential.TokenCredential;
import com.azure.cosmos.CosmosAsyncClient;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.Reaction;
import io.daybook.process.TimerStore;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.projection.ReadModel;
import io.daybook.publishing.EventPublisher;
import io.daybook.publishing.EventRelay;
import io.daybook.query.Query;
import io.daybook.query.QueryBus;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.SubjectKeys;
import io.daybook.snapshot.SnapshotStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What the examples of the javadoc take for granted: an order, and the parts of an application around it. */
public abstract class Story implements AutoCloseable {

    public sealed interface OrderEvent extends DomainEvent permits OrderCreated, OrderShipped {}

    @EventType("OrderCreated")
    public record OrderCreated(String orderId, String customerId) implements OrderEvent {}

    @EventType("OrderShipped")
    public record OrderShipped(String orderId, String trackingNumber, Instant shippedAt) implements OrderEvent {}

    public record OrderState(boolean shipped) {}

    /** As {@link AggregateRoot} shows it. */
    public static final class Order extends AggregateRoot<OrderEvent> {
        public static final AggregateType<Order, OrderEvent> TYPE = AggregateType.named(
                        "Order", OrderEvent.class, Order::new)
                .on(OrderCreated.class, Order::created)
                .on(OrderShipped.class, Order::shipped)
                .snapshot(OrderState.class, order -> new OrderState(order.shipped), Order::restore)
                .build();

        private boolean shipped;

        public boolean isShipped() {
            return shipped;
        }

        public void create(String customerId) {
            raise(new OrderCreated(id(), customerId));
        }

        public void ship(String trackingNumber, Instant at) {
            require(!shipped, "the order is already shipped");
            raise(new OrderShipped(id(), trackingNumber, at));
        }

        private void created(OrderCreated event) {
            shipped = false;
        }

        private void shipped(OrderShipped event) {
            shipped = true;
        }

        private void restore(OrderState state) {
            shipped = state.shipped();
        }
    }

    public record CreateOrder(String orderId, String customerId) implements Command {
        @Override
        public String aggregateId() {
            return orderId;
        }
    }

    public record ShipOrder(String orderId, String trackingNumber) implements Command {
        @Override
        public String aggregateId() {
            return orderId;
        }
    }

    public record CancelOrder(String orderId) implements Command {
        @Override
        public String aggregateId() {
            return orderId;
        }
    }

    public record OrderById(String orderId) implements Query<Optional<ReadDocument<OrderState>>> {}

    public sealed interface CustomerEvent extends DomainEvent permits CustomerRegistered {}

    @EventType("CustomerRegistered")
    public record CustomerRegistered(String customerId, String name, String email) implements CustomerEvent {}

    /** Whose name is personal. */
    public static final class Customer extends AggregateRoot<CustomerEvent> {
        public record State(String customerId, String name) {}

        public static final AggregateType<Customer, CustomerEvent> TYPE = AggregateType.named(
                        "Customer", CustomerEvent.class, Customer::new)
                .on(CustomerRegistered.class, Customer::registered)
                .snapshot(State.class, customer -> customer.state, (customer, state) -> customer.state = state)
                .build();

        private State state = new State("", "");

        private void registered(CustomerRegistered event) {
            state = new State(event.customerId(), event.name());
        }
    }

    /** A database as most libraries for one look. */
    public interface Database {
        OptionalLong queryForLong(String sql, Object... values);

        void inTransaction(Consumer<Transaction> work);
    }

    /** Its statements of one transaction. */
    public interface Transaction {
        void updateOne(String sql, Object... values);

        void insert(String sql, Object... values);
    }

    private static final Projection<OrderState> STATES = Projection.named(
                    "story-states", 1, Order.TYPE, OrderState.class)
            .on(OrderCreated.class, (none, event, metadata) -> new OrderState(false))
            .on(OrderShipped.class, (state, event, metadata) -> new OrderState(true))
            .build();

    protected final EventSerializer serializer =
            JacksonEventSerializer.of(EventTypes.of(OrderEvent.class, CustomerEvent.class));
    protected final InMemoryEventStore inMemoryEventStore = new InMemoryEventStore(serializer);
    protected final EventStore eventStore = inMemoryEventStore;
    protected final SnapshotStore snapshotStore = new InMemorySnapshotStore();
    protected final AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, eventStore);
    protected final CommandBus bus = CommandBus.builder()
            .creating(CreateOrder.class, orders, (order, command, context) -> order.create(command.customerId()))
            .updating(
                    ShipOrder.class,
                    orders,
                    (order, command, context) -> order.ship(command.trackingNumber(), context.now()))
            .build();
    protected final CommandMetadata metadata = CommandMetadata.empty();
    protected final EventFeed feed = new InMemoryEventFeed(inMemoryEventStore);
    protected final EventHandler handler = events -> {};
    protected final EventPublisher publisher = new InMemoryEventPublisher();
    protected final EventRelay relay =
            EventRelay.builder(feed, publisher).name("story").start();
    protected final Projector projector = Projector.builder(feed, eventStore, new InMemoryReadModelStore())
            .project(STATES)
            .start();
    protected final ReadModel<OrderState> states = projector.readModel(STATES);
    protected final QueryBus queries = QueryBus.builder()
            .handling(
                    OrderById.class,
                    (query, context) ->
                            states.get(query.orderId(), context.metadata().consistencyToken()))
            .build();
    protected static final ProcessManager<OrderState> ORDER_EXPIRY = ProcessManager.named(
                    "OrderExpiry", 1, OrderState.class)
            .startsWith(
                    OrderCreated.class,
                    OrderCreated::orderId,
                    (step, event) -> step.become(new OrderState(false)).timer("unshipped", Duration.ofDays(30)))
            .on(OrderShipped.class, OrderShipped::orderId, (step, event) -> step.end())
            .onTimer(
                    "unshipped",
                    step -> step.send("ship", new ShipOrder(step.id(), "1Z999")).end())
            .build();
    protected static final Reaction GIFT = Reaction.named("gift")
            .on(OrderShipped.class, event -> new CreateOrder(event.orderId() + "-gift", "alice"))
            .build();

    protected final InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
    protected final EventFeed processFeed = new InMemoryEventFeed(processStore);
    protected final TimerStore timers = new InMemoryTimerStore();
    protected final ProcessRunner runner = ProcessRunner.builder(feed, eventStore, bus)
            .processStore(processStore, processFeed, timers)
            .run(ORDER_EXPIRY)
            .summaries(new InMemoryReadModelStore())
            .start();
    protected final MeterRegistry registry = new SimpleMeterRegistry();
    protected final ObservationRegistry observations = ObservationRegistry.create();

    /** The second event of the order 42, which has one so far. */
    protected final EventMetadata stored = EventMetadata.builder()
            .eventId("7c1e0f6e-32a9-4b0e-9d8a-0d6f6f2a1b11")
            .eventType("OrderShipped", 1)
            .timestamp(Instant.EPOCH)
            .aggregate("Order", "42")
            .sequenceNumber(2)
            .build();

    protected final byte[] json = serializer.encode(new OrderShipped("42", "1Z999", Instant.EPOCH));
    protected final EventEnvelope envelope = EventEnvelope.stored(stored, json, serializer);
    protected final SubjectKeys keys = new InMemorySubjectKeys();
    protected final String idempotencyKey = "click-1";

    protected CosmosAsyncClient client;
    protected CosmosContainers containers;
    protected TokenCredential credential;
    protected ServiceBusReceivedMessage message;
    protected Database database;
    protected String endpoint;
    protected String connectionString;

    protected Story() {
        orders.create("42", UpdateContext.empty(), order -> order.create("alice"));
    }

    /** The example. */
    public abstract void example() throws Exception;

    protected void answer(int status, String text) {}

    protected void answer(int status, String text, Duration retryAfter) {}

    @Override
    public void close() {
        runner.close();
        projector.close();
        relay.close();
    }
}
