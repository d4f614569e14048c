package io.daybook.benchmarks;

import java.time.Instant;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.Repository;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.axonframework.serialization.json.JacksonSerializer;

/**
 * Axon Framework 4: the command gateway, an annotated aggregate, the embedded event store with the Jackson serializer.
 * Its own in-memory engine keeps objects, so the engine here keeps the serialized entries, as its database engines do.
 */
final class Axon4Orders implements Contender {

    record CreateOrder(@TargetAggregateIdentifier String orderId, int events) {}

    record AddItem(@TargetAggregateIdentifier String orderId, OrderState.AddItem item) {}

    /** The aggregate. */
    static class Order {

        @AggregateIdentifier
        private String orderId;

        private final OrderState state = new OrderState();

        Order() {}

        @CommandHandler
        Order(CreateOrder command) {
            OrderState.history(command.orderId(), 0, command.events()).forEach(AggregateLifecycle::apply);
        }

        @CommandHandler
        void handle(AddItem command) {
            AggregateLifecycle.apply(state.decide(command.item(), Instant.now()));
        }

        @EventSourcingHandler
        void on(OrderEvent.OrderCreated event) {
            orderId = event.orderId();
            state.apply(event);
        }

        @EventSourcingHandler
        void on(OrderEvent.ItemAdded event) {
            state.apply(event);
        }
    }

    private final JsonEngine engine;
    private final CommandGateway gateway;
    private final Repository<Order> orders;

    Axon4Orders() {
        JacksonSerializer serializer = JacksonSerializer.builder()
                .objectMapper(Contender.plainJackson())
                .build();
        engine = new JsonEngine(serializer);
        Configuration configuration = DefaultConfigurer.defaultConfiguration()
                .configureSerializer(config -> serializer)
                .configureEmbeddedEventStore(config -> engine)
                .configureAggregate(Order.class)
                .start();
        gateway = configuration.commandGateway();
        orders = configuration.repository(Order.class);
    }

    @Override
    public void reset() {
        engine.clear();
    }

    @Override
    public void create(String orderId, int events) {
        gateway.sendAndWait(new CreateOrder(orderId, events));
    }

    @Override
    public void addItem(OrderState.AddItem command, String commandId) {
        gateway.sendAndWait(new GenericCommandMessage<>(
                new AddItem(command.orderId(), command),
                MetaData.with("commandId", commandId).and("userId", "alice").and("source", "shop")));
    }

    @Override
    public OrderState load(String orderId) {
        return DefaultUnitOfWork.startAndGet(null)
                .executeWithResult(() -> orders.load(orderId).invoke(order -> order.state))
                .getPayload();
    }
}
