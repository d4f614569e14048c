package io.daybook.benchmarks;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.conversion.Converter;
import org.axonframework.conversion.json.JacksonConverter;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.configuration.EventSourcedEntityModule;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.core.Metadata;
import org.axonframework.messaging.core.unitofwork.UnitOfWorkFactory;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.messaging.eventstreaming.Tag;
import org.axonframework.modelling.StateManager;
import org.axonframework.modelling.annotation.TargetEntityId;

/**
 * Axon Framework 5: the command gateway, an annotated entity, the event store with the Jackson converter. Its own
 * in-memory engine keeps objects, so the engine here keeps the serialized entries of an aggregate, as its database
 * engine does.
 */
final class Axon5Orders implements Contender {

    record CreateOrder(@TargetEntityId String orderId, int events) {}

    record AddItem(@TargetEntityId String orderId, OrderState.AddItem item) {}

    /** The entity. */
    @EventSourcedEntity(tagKey = "Order")
    static class Order {

        private final OrderState state = new OrderState();

        @EntityCreator
        Order() {}

        @CommandHandler
        static void handle(CreateOrder command, EventAppender events) {
            events.append(OrderState.history(command.orderId(), 0, command.events()));
        }

        @CommandHandler
        void handle(AddItem command, EventAppender events) {
            events.append(state.decide(command.item(), Instant.now()));
        }

        @EventSourcingHandler
        void on(OrderEvent.OrderCreated event) {
            state.apply(event);
        }

        @EventSourcingHandler
        void on(OrderEvent.ItemAdded event) {
            state.apply(event);
        }
    }

    private final JsonEngine engine;
    private final CommandGateway gateway;
    private final StateManager orders;
    private final UnitOfWorkFactory units;

    Axon5Orders() {
        AxonConfiguration configuration = EventSourcingConfigurer.create()
                .componentRegistry(registry -> registry.registerComponent(
                        Converter.class, config -> new JacksonConverter(Contender.plainJackson())))
                .registerTagResolver(config ->
                        event -> Set.of(new Tag("Order", ((OrderEvent) event.payload()).orderId())))
                .registerEventStorageEngine(config -> new JsonEngine(config.getComponent(EventConverter.class)))
                .registerEntity(EventSourcedEntityModule.autodetected(String.class, Order.class))
                .start();
        engine = (JsonEngine) configuration.getComponent(EventStorageEngine.class);
        gateway = configuration.getComponent(CommandGateway.class);
        orders = configuration.getComponent(StateManager.class);
        units = configuration.getComponent(UnitOfWorkFactory.class);
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
        gateway.send(
                        new AddItem(command.orderId(), command),
                        Metadata.from(Map.of("commandId", commandId, "userId", "alice", "source", "shop")))
                .wait(Object.class);
    }

    @Override
    public OrderState load(String orderId) {
        return units.create()
                .executeWithResult(context -> orders.loadEntity(Order.class, orderId, context))
                .join()
                .state;
    }
}
