package io.daybook.shapes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandValidationException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tries one shape as an event, a command and the state of a snapshot. A verdict is {@code START} for a class that is refused when the
 * program starts; else it has one sign for each value: {@code =} for a value that comes back equal, {@code r} for one that is refused
 * before anything is stored, {@code ~} for a command whose JSON is that of another one, so that both are the same command. All else is
 * told in words.
 */
public final class ShapeTrial {

    private static final String EQUAL = "=";
    private static final String REFUSED = "r";
    private static final String SAME_JSON = "~";
    private static final String REFUSED_AT_START = "START";

    @EventType("Taken")
    record Taken(int index) implements DomainEvent {}

    private static final class Holder extends AggregateRoot<Taken> {
        private Object state;
        private boolean restored;

        private void take(int index) {
            raise(new Taken(index));
        }

        private void restore(Object saved) {
            state = saved;
            restored = true;
        }
    }

    private final ShapeCase shape;

    /**
     * Prepares a trial.
     *
     * @param shape the shape
     */
    public ShapeTrial(ShapeCase shape) {
        this.shape = shape;
    }

    private String each(IntFunction<String> trial) {
        return IntStream.range(0, shape.values().size()).mapToObj(trial).collect(Collectors.joining(" "));
    }

    private String compare(int index, Object actual) {
        return Same.same(shape.value(index), actual) ? EQUAL : "FAULT(value " + index + " is " + actual + ")";
    }

    /**
     * Appends each value as an event and reads it back.
     *
     * @param stores makes the store
     * @return the verdict
     */
    public String asEvent(Function<EventSerializer, EventStore> stores) {
        EventStore store;
        try {
            store = stores.apply(
                    JacksonEventSerializer.of(EventTypes.of(shape.type()).mapper(shape.mapper())));
        } catch (IllegalArgumentException e) {
            return REFUSED_AT_START;
        }
        StreamId stream = StreamId.of("Shape", UUID.randomUUID().toString());
        List<Integer> appended = new ArrayList<>();
        for (int i = 0; i < shape.values().size(); i++) {
            long version = appended.size();
            try {
                store.append(
                        stream, version, List.of(envelope(stream, version + 1, shape.value(i))), AppendOptions.none());
                appended.add(i);
            } catch (EventSerializationException e) {
                // the numbers of the events that are read show that nothing was stored
            }
        }
        List<EventEnvelope> read = store.read(stream, 0, Long.MAX_VALUE).toList();
        return each(index -> {
            int number = appended.indexOf(index);
            return number < 0 ? REFUSED : compare(index, read.get(number).event());
        });
    }

    private static EventEnvelope envelope(StreamId stream, long number, Shape event) {
        EventType type = event.getClass().getAnnotation(EventType.class);
        return EventEnvelope.of(
                EventMetadata.builder()
                        .eventId(UUID.randomUUID().toString())
                        .eventType(type.value(), type.version())
                        .timestamp(Instant.EPOCH)
                        .aggregate(stream.aggregateType(), stream.aggregateId())
                        .sequenceNumber(number)
                        .build(),
                event);
    }

    private AggregateType.Builder<Holder, Taken> holders(String name) {
        return AggregateType.named(name, Taken.class, Holder::new).mapper(shape.mapper());
    }

    private <S extends Shape> AggregateType<Holder, Taken> withSnapshots(Class<S> type) {
        return holders("Holder")
                .snapshot(type, holder -> type.cast(holder.state), Holder::restore)
                .on(Taken.class, (holder, event) -> holder.state = shape.value(event.index()))
                .build();
    }

    /**
     * Saves each value as the state of a snapshot and restores it.
     *
     * @param snapshots the store of snapshots
     * @return the verdict
     */
    public String asState(SnapshotStore snapshots) {
        AggregateType<Holder, Taken> type;
        try {
            type = withSnapshots(shape.type());
        } catch (IllegalArgumentException e) {
            return REFUSED_AT_START;
        }
        EventStore store = new InMemoryEventStore(JacksonEventSerializer.of(type.eventTypes()));
        return each(index -> snapshot(
                AggregateRepository.of(type, store).snapshots(snapshots, SnapshotPolicy.everyEvents(1)), index));
    }

    private String snapshot(AggregateRepository<Holder> repository, int index) {
        String id = UUID.randomUUID().toString();
        repository.create(id, UpdateContext.empty(), holder -> holder.take(index));
        if (repository.snapshotFailures() > 0) {
            return REFUSED;
        }
        Holder loaded = repository.load(id);
        return loaded.restored ? compare(index, loaded.state) : "FAULT(value " + index + " is saved and not restored)";
    }

    private <C extends Shape> CommandBus bus(Class<C> type, EventStore store, List<Object> received) {
        AggregateRepository<Holder> repository = AggregateRepository.of(
                holders("Commanded").on(Taken.class, (holder, event) -> {}).build(), store);
        return CommandBus.builder()
                .creatingOrUpdating(type, repository, (holder, command, context) -> {
                    received.add(command);
                    holder.take(0);
                })
                .build();
    }

    /**
     * Sends each value as a command with an id, once more, and each other value under the same id; then as JSON.
     *
     * @param stores makes the store
     * @return the verdict
     */
    public String asCommand(Function<EventSerializer, EventStore> stores) {
        EventStore store = stores.apply(JacksonEventSerializer.of(EventTypes.of(Taken.class)));
        List<Object> received = new ArrayList<>();
        CommandBus bus;
        try {
            bus = bus(shape.type(), store, received);
        } catch (IllegalArgumentException e) {
            return REFUSED_AT_START;
        }
        return each(index -> command(bus, received, index));
    }

    private String command(CommandBus bus, List<Object> received, int index) {
        CommandMetadata metadata = CommandMetadata.builder()
                .idempotencyKey(UUID.randomUUID().toString())
                .build();
        try {
            bus.send(shape.value(index), metadata);
        } catch (IllegalStateException | CommandValidationException e) {
            return REFUSED;
        }
        if (!bus.send(shape.value(index), metadata).duplicate()) {
            return "FAULT(value " + index + " differs from itself)";
        }
        String told = EQUAL;
        for (int other = 0; other < shape.values().size(); other++) {
            if (other != index && isTakenFor(bus, metadata, other)) {
                told = isSameJson(index, other) ? SAME_JSON : "FAULT(value " + index + " is taken for " + other + ")";
            }
        }
        String json = json(bus, received, index);
        return json.equals(EQUAL) ? told : json;
    }

    private boolean isTakenFor(CommandBus bus, CommandMetadata metadata, int other) {
        try {
            bus.send(shape.value(other), metadata);
            return true;
        } catch (CommandIdReusedException | IllegalStateException | CommandValidationException e) {
            return false;
        }
    }

    private boolean isSameJson(int index, int other) {
        JsonNode one = withoutNulls(shape.mapper().valueToTree(shape.value(index)));
        JsonNode two = withoutNulls(shape.mapper().valueToTree(shape.value(other)));
        return Same.same(one, two) || shape.value(index).equals(shape.value(other));
    }

    private static JsonNode withoutNulls(JsonNode tree) {
        if (tree.isObject()) {
            tree.properties().removeIf(member -> member.getValue().isNull());
        }
        tree.forEach(ShapeTrial::withoutNulls);
        return tree;
    }

    /** What a command's JSON says is what its handler gets. */
    private String json(CommandBus bus, List<Object> received, int index) {
        byte[] json;
        Object said;
        try {
            json = shape.mapper().writeValueAsBytes(shape.value(index));
            said = shape.mapper().readValue(json, shape.type());
        } catch (JsonProcessingException e) {
            return EQUAL; // it cannot be sent
        } catch (java.io.IOException e) {
            return EQUAL; // it cannot be read
        }
        received.clear();
        try {
            bus.send(shape.type().getSimpleName(), 1, json, CommandMetadata.empty());
        } catch (CommandValidationException e) {
            return EQUAL; // refused, such as for a property that is there twice
        }
        return Same.same(said, received.get(0)) ? EQUAL : "FAULT(JSON of value " + index + " is " + received + ")";
    }
}
