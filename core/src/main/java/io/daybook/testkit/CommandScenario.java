package io.daybook.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.json.ValueComparison;
import io.daybook.serialization.JacksonEventSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A given-when-then test of one command that is sent through the bus: given past events, when the command is sent, then
 * new events are stored.
 *
 * <pre>{@code
 * CommandScenario.of(
 *                 store -> CommandBus.builder()
 *                         .updating(ShipOrder.class, AggregateRepository.of(Order.TYPE, store), (order, command, context) ->
 *                                 order.ship(command.trackingNumber(), context.now()))
 *                         .build(),
 *                 Order.TYPE)
 *         .given("42", new OrderCreated("42", "alice"), new OrderShipped("42", "1Z999", Instant.EPOCH))
 *         .when(new ShipOrder("42", "1Z000"))
 *         .thenRejected(DomainException.class, "already shipped");
 * }</pre>
 *
 * <p>If the command is accepted, each scenario also checks that sending it again with the same command id has no second
 * effect. If the command can be written as JSON and read back, the copy is checked in the same way.
 *
 * <p>Failed checks throw {@link AssertionError}. Not thread-safe.
 */
public final class CommandScenario {

    private final Function<EventStore, CommandBus> bus;
    private final List<AggregateType<?, ?>> types;
    private final List<EventEnvelope> given;

    private CommandScenario(
            Function<EventStore, CommandBus> bus, List<AggregateType<?, ?>> types, List<EventEnvelope> given) {
        this.bus = bus;
        this.types = types;
        this.given = given;
    }

    /**
     * Creates a scenario with an empty in-memory store.
     *
     * @param bus creates the application's bus for the store
     * @param type an aggregate type that the commands change
     * @param others the other aggregate types
     * @return the scenario
     */
    @CheckReturnValue
    public static CommandScenario of(
            Function<EventStore, CommandBus> bus, AggregateType<?, ?> type, AggregateType<?, ?>... others) {
        List<AggregateType<?, ?>> types = new ArrayList<>(List.of(others));
        types.add(0, type);
        return new CommandScenario(bus, types, List.of());
    }

    /**
     * Sets the past events of one aggregate. Call this method once for each aggregate.
     *
     * @param id the id of the aggregate; the events determine its type
     * @param events the stored events, in order
     * @return a scenario with these events
     * @throws IllegalArgumentException if one of the events does not belong to any aggregate type of the scenario
     */
    @CheckReturnValue
    public CommandScenario given(String id, DomainEvent... events) {
        List<EventEnvelope> more = new ArrayList<>(given);
        for (int i = 0; i < events.length; i++) {
            AggregateType<?, ?> type = typeOf(events[i]);
            EventTypes.Registration registration = type.eventTypes().registrationOf(events[i]);
            EventMetadata metadata = EventMetadata.builder()
                    .eventId("given-" + (more.size() + 1))
                    .eventType(registration.name(), registration.version())
                    .timestamp(Instant.EPOCH)
                    .aggregate(type.name(), id)
                    .sequenceNumber(i + 1L)
                    .context(MessageContext.builder().correlationId("given").build())
                    .build();
            more.add(EventEnvelope.of(metadata, events[i]));
        }
        return new CommandScenario(bus, types, List.copyOf(more));
    }

    private AggregateType<?, ?> typeOf(DomainEvent event) {
        return types.stream()
                .filter(type ->
                        type.eventTypes().all().stream().anyMatch(known -> known.eventClass() == event.getClass()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                event.getClass().getName()
                                        + " does not belong to any aggregate type of the scenario: pass its aggregate type to CommandScenario.of"));
    }

    /**
     * Sends a command with the id {@code command-1} and without a user.
     *
     * @param command the command
     * @return the last phase; call one of its methods
     * @throws AssertionError as for {@link #when(Command, CommandMetadata)}
     */
    @CheckReturnValue
    public Then when(Command command) {
        return when(
                command, CommandMetadata.builder().idempotencyKey("command-1").build());
    }

    /**
     * Sends a command and runs the automatic checks. The outcome of the command itself is not checked until the last phase.
     *
     * @param command the command
     * @param metadata the metadata of the command; without a command id, the command is not sent again
     * @return the last phase; call one of its methods
     * @throws AssertionError if one of the automatic checks fails, or if the previous scenario on the same thread ended
     *     without a {@code then} method
     */
    @CheckReturnValue
    public Then when(Command command, CommandMetadata metadata) {
        PendingOutcome.requireLastChecked();
        EventTypes events = types.stream()
                .map(AggregateType::eventTypes)
                .reduce(EventTypes::and)
                .orElseThrow();
        EventStore store = new InMemoryEventStore(JacksonEventSerializer.of(events));
        for (EventEnvelope event : given) {
            EventMetadata about = event.metadata();
            store.append(
                    StreamId.of(about.aggregateType(), about.aggregateId()),
                    about.sequenceNumber() - 1,
                    List.of(event),
                    AppendOptions.none());
        }
        CommandBus sender = bus.apply(store);
        try {
            sender.send(command, metadata);
        } catch (RuntimeException e) {
            return new Then(added(store), e);
        }
        List<DomainEvent> added = added(store);
        if (metadata.hasIdempotencyKey()) {
            requireNoEffect(sender, store, command, metadata, "the command");
            for (AggregateType<?, ?> type : types) {
                Command copy = copy(command, type.mapper());
                if (copy != null) {
                    requireNoEffect(sender, store, copy, metadata, "its copy from JSON");
                    break;
                }
            }
        }
        return new Then(added, null);
    }

    private List<DomainEvent> added(EventStore store) {
        return store.find(EventFilter.all())
                .filter(event ->
                        given.stream().noneMatch(before -> before.metadata().equals(event.metadata())))
                .map(EventEnvelope::event)
                .toList();
    }

    private void requireNoEffect(
            CommandBus sender, EventStore store, Command command, CommandMetadata metadata, String what) {
        List<DomainEvent> before = added(store);
        try {
            sender.send(command, metadata);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    what + ", sent again under the same command id, was not recognized as a duplicate: " + e, e);
        }
        List<DomainEvent> after = added(store);
        if (after.size() != before.size()) {
            throw new AssertionError(what + ", sent again under the same command id, had a second effect: pass"
                    + " context.updateContext() to the repository\nfirst: " + before + "\nboth:  " + after);
        }
    }

    private static @Nullable Command copy(Command command, ObjectMapper mapper) {
        try {
            Command copy = mapper.readValue(mapper.writeValueAsBytes(command), command.getClass());
            return ValueComparison.ofContent().difference(command, copy) == null ? copy : null;
        } catch (JsonProcessingException e) {
            return null; // a command that is sent only within the process
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last phase of a scenario, which checks the result of the command. */
    public static final class Then {

        private final List<DomainEvent> stored;
        private final @Nullable RuntimeException rejection;
        private final PendingOutcome outcome = new PendingOutcome();

        private Then(List<DomainEvent> stored, @Nullable RuntimeException rejection) {
            this.stored = stored;
            this.rejection = rejection;
        }

        /**
         * Checks that the command was accepted and that exactly these events were stored. The events of each aggregate
         * must be in this order.
         *
         * @param expected the events; none if nothing should change
         * @throws AssertionError if other events were stored, or the command was rejected
         */
        public void then(DomainEvent... expected) {
            outcome.checked();
            if (rejection != null) {
                throw new AssertionError(
                        "expected the command to be accepted\nbut it was rejected: " + rejection, rejection);
            }
            if (!stored.equals(List.of(expected))) {
                throw new AssertionError("expected the events " + List.of(expected) + "\nbut stored: " + stored);
            }
        }

        /**
         * Checks that the command was rejected and nothing was stored.
         *
         * @param <X> the type of the rejection
         * @param expected the class of the rejection, such as {@code DomainException.class}
         * @param message part of its message
         * @return the rejection, for further checks
         * @throws AssertionError if the command was accepted, was rejected with a different exception or message, or
         *     stored an event
         */
        public <X extends RuntimeException> X thenRejected(Class<X> expected, String message) {
            outcome.checked();
            if (!expected.isInstance(rejection)
                    || !Objects.requireNonNullElse(rejection.getMessage(), "").contains(message)
                    || !stored.isEmpty()) {
                throw new AssertionError(
                        "expected the exception " + expected.getSimpleName() + " with the message \"" + message
                                + "\" and no event\nbut "
                                + (rejection == null ? "the command was accepted" : "it was " + rejection)
                                + ". Stored: " + stored,
                        rejection);
            }
            return expected.cast(rejection);
        }
    }
}
