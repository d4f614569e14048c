package io.daybook.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
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

    private static final URI SOURCE = URI.create("urn:daybook:benchmarks");
    private static final Map<String, Class<? extends OrderEvent>> TYPES =
            Map.of("OrderCreated", OrderCreated.class, "ItemAdded", ItemAdded.class);

    private final ObjectMapper mapper;
    private InMemoryEventStore store = new InMemoryEventStore();

    OccurrentOrders(ObjectMapper mapper) {
        this.mapper = mapper;
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
                OrderState.history(orderId, 0, events).stream().map(this::cloudEvent));
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
                        Stream.of(cloudEvent(event)));
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
        events.map(this::domainEvent).forEachOrdered(state::apply);
        return state;
    }

    private CloudEvent cloudEvent(OrderEvent event) {
        try {
            return CloudEventBuilder.v1()
                    .withId(UUID.randomUUID().toString())
                    .withSource(SOURCE)
                    .withType(event.getClass().getSimpleName())
                    .withTime(OffsetDateTime.now(ZoneOffset.UTC))
                    .withData("application/json", mapper.writeValueAsBytes(event))
                    .build();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OrderEvent domainEvent(CloudEvent event) {
        try {
            return mapper.readValue(event.getData().toBytes(), TYPES.get(event.getType()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
