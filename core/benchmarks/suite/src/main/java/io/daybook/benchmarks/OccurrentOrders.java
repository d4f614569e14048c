package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import java.time.Instant;
import java.util.stream.Stream;
import org.occurrent.eventstore.api.WriteCondition;
import org.occurrent.eventstore.api.WriteConditionNotFulfilledException;
import org.occurrent.eventstore.api.blocking.EventStream;
import org.occurrent.eventstore.inmemory.InMemoryEventStore;

/**
 * Occurrent: its store in memory, with CloudEvents whose data is bytes. What its application service does (read, convert,
 * decide, convert, write on condition of the version) is done here by hand, since that artifact does not resolve.
 */
final class OccurrentOrders implements Contender {

    private final OccurrentEvents converter;
    private InMemoryEventStore store = new InMemoryEventStore();

    OccurrentOrders(ObjectMapper mapper) {
        converter = new OccurrentEvents(mapper);
    }

    @Override
    public void reset() {
        store = new InMemoryEventStore();
    }

    @Override
    public void create(String orderId, int events) {
        store.write(
                orderId,
                WriteCondition.streamVersionEq(0),
                OrderState.history(orderId, 0, events).stream().map(converter::cloudEvent));
    }

    @Override
    public void addItem(OrderState.AddItem command, String commandId) {
        for (int attempt = 0; attempt < 20; attempt++) {
            EventStream<CloudEvent> stored = store.read(command.orderId());
            OrderState state = rebuild(stored.events());
            OrderEvent event = state.decide(command, Instant.now());
            state.apply(event);
            try {
                store.write(
                        command.orderId(),
                        WriteCondition.streamVersionEq(stored.version()),
                        Stream.of(converter.cloudEvent(event)));
                return;
            } catch (WriteConditionNotFulfilledException e) {
                // again, on what is stored now
            }
        }
        throw new ConflictException();
    }

    @Override
    public OrderState load(String orderId) {
        return rebuild(store.read(orderId).events());
    }

    private OrderState rebuild(Stream<CloudEvent> events) {
        OrderState state = new OrderState();
        events.map(converter::domainEvent).forEachOrdered(state::apply);
        return state;
    }
}
