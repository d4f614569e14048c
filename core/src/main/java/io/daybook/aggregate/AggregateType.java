package io.daybook.aggregate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.json.MappingCheck;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.UnknownEventTypeException;
import io.daybook.snapshot.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a kind of aggregate: its name, its events and their handlers, and the mapping between its state and snapshots. Keep it
 * in a constant of the aggregate class, as shown in {@link AggregateRoot}. Immutable and thread-safe.
 *
 * @param <A> the aggregate's class
 * @param <E> the sealed interface of the aggregate's events
 */
public final class AggregateType<A extends AggregateRoot<E>, E extends DomainEvent> {

    private final String name;
    private final EventTypes eventTypes;
    private final ObjectMapper mapper;
    private final Supplier<A> factory;
    private final Map<Class<?>, BiConsumer<A, DomainEvent>> handlers;
    private final @Nullable StateMapping<A, ?> stateMapping;
    private final @Nullable SnapshotJson<?> snapshotJson;

    private AggregateType(Builder<A, E> builder) {
        name = builder.name;
        factory = builder.factory;
        EventTypes events = EventTypes.of(builder.events);
        eventTypes = builder.mapper == null ? events : events.mapper(builder.mapper);
        mapper = builder.mapper == null ? JacksonDefaults.mapper().build() : builder.mapper;
        handlers = Map.copyOf(builder.handlers);
        stateMapping = builder.stateMapping;
        if (stateMapping == null) {
            snapshotJson = null;
        } else {
            MappingCheck.require(MappingCheck.Use.STATE, stateMapping.stateType(), mapper);
            snapshotJson = new SnapshotJson<>(stateMapping.stateType(), mapper);
        }
        StreamId.of(name, "1"); // rejects a name that is invalid in a stream id
        List<String> unhandled = eventTypes.all().stream()
                .map(EventTypes.Registration::eventClass)
                .filter(event -> !handlers.containsKey(event))
                .map(Class::getName)
                .toList();
        if (!unhandled.isEmpty()) {
            throw new IllegalArgumentException(
                    "the aggregate type " + name + " has no handler for " + unhandled + ": add .on(…) for each");
        }
        if (handlers.size() > eventTypes.all().size()) {
            throw new IllegalArgumentException("the aggregate type " + name
                    + " has a handler for a class that is not a concrete event of " + builder.events.getName()
                    + ": remove that handler");
        }
    }

    /**
     * Returns a builder for an aggregate type.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of the aggregate's events
     * @param name the stable name, which is the prefix of the stream ids; must not contain {@code -}
     * @param events the sealed interface of the aggregate's events
     * @param factory creates an aggregate without state, usually its constructor
     * @return a builder
     */
    public static <A extends AggregateRoot<E>, E extends DomainEvent> Builder<A, E> named(
            String name, Class<E> events, Supplier<A> factory) {
        return new Builder<>(name, events, factory);
    }

    /**
     * {@return the stable name}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the event types of this aggregate type, for a serializer}
     */
    public EventTypes eventTypes() {
        return eventTypes;
    }

    /**
     * Returns the Jackson mapper for the events, commands and snapshots of this aggregate type.
     *
     * @return a copy of the mapper set with {@link Builder#mapper mapper}; by default, a mapper with the settings of
     *     {@link JacksonDefaults}
     */
    public ObjectMapper mapper() {
        return mapper.copy();
    }

    /**
     * Creates an aggregate without events.
     *
     * @param id the id of the aggregate
     * @return the aggregate, at version 0
     * @throws IllegalArgumentException if the id is invalid
     * @throws IllegalStateException if the factory returned an aggregate that is already in use
     */
    public A newInstance(String id) {
        return newInstance(StreamId.of(name, id));
    }

    A newInstance(StreamId stream) {
        A aggregate = factory.get();
        aggregate.bind(this, stream);
        return aggregate;
    }

    /**
     * Applies events to an aggregate as if they had been stored and read back. For tests and tools.
     *
     * @param aggregate an aggregate returned by {@link #newInstance newInstance} or {@link #restore restore}; changed by this method
     * @param events the events that follow the aggregate's version, in order
     * @return the aggregate, with its version increased by the number of events
     * @throws UnknownEventTypeException if one of the events has no handler
     */
    public A replay(A aggregate, List<? extends DomainEvent> events) {
        for (DomainEvent event : events) {
            long sequenceNumber = aggregate.version() + 1;
            aggregate.replay(event, sequenceNumber, "replayed-" + sequenceNumber);
        }
        return aggregate;
    }

    /**
     * Takes a snapshot of an aggregate at its current version.
     *
     * @param aggregate an aggregate without unsaved events
     * @return the snapshot, or empty if this type defines no snapshots, or if the aggregate has unsaved events or no
     *     stored ones
     */
    public Optional<Snapshot<?>> snapshotOf(A aggregate) {
        String eventId = aggregate.lastEventId();
        return stateMapping == null || eventId == null || !aggregate.raised().isEmpty()
                ? Optional.empty()
                : Optional.of(stateMapping.take(aggregate.stream(), aggregate, eventId));
    }

    /**
     * Restores an aggregate from a snapshot.
     *
     * @param snapshot a snapshot taken by {@link #snapshotOf snapshotOf}, possibly long ago
     * @return the aggregate at the snapshot's version
     * @throws IllegalArgumentException if this type has no snapshots, or the snapshot has another aggregate type or schema version
     */
    public A restore(Snapshot<?> snapshot) {
        StateMapping<A, ?> mapping = mappingOf(snapshot);
        A aggregate = newInstance(snapshot.stream());
        mapping.restore(aggregate, snapshot.state());
        aggregate.restored(snapshot.version(), snapshot.eventId());
        return aggregate;
    }

    /**
     * Writes a snapshot as JSON and reads it back with the {@link #mapper mapper} of this type, as a repository does when it saves and
     * loads one. For tests and tools.
     *
     * @param snapshot a snapshot taken by {@link #snapshotOf snapshotOf}
     * @return a snapshot that shares no objects with the original
     * @throws IllegalArgumentException if this type has no snapshots, or the snapshot has another aggregate type or schema version
     * @throws IllegalStateException if the state cannot be written or read, or differs when it is read back
     */
    public Snapshot<?> readBack(Snapshot<?> snapshot) {
        mappingOf(snapshot);
        SnapshotJson<?> json = Objects.requireNonNull(snapshotJson); // a type with a mapping has it
        return json.read(json.write(snapshot));
    }

    /**
     * Checks that every raised event was applied, so that the state matches the events. For tests and tools.
     *
     * @param aggregate the aggregate
     * @throws IllegalStateException if the aggregate must be loaded again; {@link AggregateRepository#save} also rejects such an aggregate
     */
    public void requireIntact(A aggregate) {
        aggregate.requireIntact();
    }

    private StateMapping<A, ?> mappingOf(Snapshot<?> snapshot) {
        StateMapping<A, ?> mapping = stateMapping;
        StreamId stream = snapshot.stream();
        if (mapping == null
                || mapping.schemaVersion() != snapshot.schemaVersion()
                || !stream.aggregateType().equals(name)) {
            throw new IllegalArgumentException("the aggregate type " + name + " cannot restore a snapshot of "
                    + stream.aggregateType() + " with schema version " + snapshot.schemaVersion()
                    + ": use an aggregate type with that name and snapshots of that version");
        }
        return mapping;
    }

    /** Returns the JSON mapping of the snapshots, or null if this type has none. */
    @Nullable
    SnapshotJson<?> snapshotJson() {
        return snapshotJson;
    }

    Optional<StateMapping<A, ?>> stateMapping() {
        return Optional.ofNullable(stateMapping);
    }

    @SuppressWarnings("unchecked") // an aggregate is bound to the type that made it, see newInstance
    void apply(AggregateRoot<E> aggregate, DomainEvent event) {
        BiConsumer<A, DomainEvent> handler = handlers.get(event.getClass());
        if (handler == null) {
            EventType named = event.getClass().getAnnotation(EventType.class);
            throw new UnknownEventTypeException(
                    named == null ? event.getClass().getName() : named.value(),
                    named == null ? 1 : named.version(),
                    "the aggregate type " + name + " has no handler for it");
        }
        handler.accept((A) aggregate, event);
    }

    /** The mapping between the state of an aggregate and a snapshot. */
    record StateMapping<A extends AggregateRoot<?>, S>(
            Class<S> stateType, int schemaVersion, Function<A, S> take, BiConsumer<A, S> restore) {

        Snapshot<S> take(StreamId stream, A aggregate, String eventId) {
            aggregate.enter("takes a snapshot");
            try {
                return new Snapshot<>(stream, aggregate.version(), eventId, schemaVersion, take.apply(aggregate));
            } finally {
                aggregate.leave();
            }
        }

        void restore(A aggregate, Object state) {
            aggregate.enter("restores a snapshot");
            try {
                restore.accept(aggregate, stateType.cast(state));
            } finally {
                aggregate.leave();
            }
        }
    }

    /**
     * A builder of {@link AggregateType}. Not thread-safe.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of the aggregate's events
     */
    public static final class Builder<A extends AggregateRoot<E>, E extends DomainEvent> {

        private final String name;
        private final Class<E> events;
        private final Supplier<A> factory;
        private final Map<Class<?>, BiConsumer<A, DomainEvent>> handlers = new LinkedHashMap<>();
        private @Nullable StateMapping<A, ?> stateMapping;
        private @Nullable ObjectMapper mapper;

        private Builder(String name, Class<E> events, Supplier<A> factory) {
            this.name = name;
            this.events = Objects.requireNonNull(events, "events");
            this.factory = Objects.requireNonNull(factory, "factory");
        }

        /**
         * Registers the handler of an event.
         *
         * @param <X> the event's class
         * @param event the event's class
         * @param handler changes the aggregate's state and does nothing else
         * @return this builder
         * @throws IllegalArgumentException if the event already has a handler
         */
        public <X extends E> Builder<A, E> on(Class<X> event, BiConsumer<A, X> handler) {
            if (handlers.putIfAbsent(event, (aggregate, raised) -> handler.accept(aggregate, event.cast(raised)))
                    != null) {
                throw new IllegalArgumentException(
                        "the aggregate type " + name + " has two handlers for " + event.getName() + ": keep one");
            }
            return this;
        }

        /**
         * Defines how the aggregate's state is converted to a snapshot and back, with schema version 1.
         *
         * @param <S> the class of the state
         * @param stateType the class of the state: an immutable value that can be written as JSON, preferably a record
         * @param take returns the state of an aggregate
         * @param restore applies a state to a new aggregate
         * @return this builder
         */
        public <S> Builder<A, E> snapshot(Class<S> stateType, Function<A, S> take, BiConsumer<A, S> restore) {
            return snapshot(stateType, 1, take, restore);
        }

        /**
         * Defines how the aggregate's state is converted to a snapshot and back. Increase the version whenever the
         * fields of the state or their meaning change. A change to an event handler can also change their meaning.
         * Snapshots of other versions are then ignored.
         *
         * @param <S> the class of the state
         * @param stateType the class of the state: an immutable value that can be written as JSON, preferably a record
         * @param schemaVersion the version of the state's schema, from 1
         * @param take returns the state of an aggregate
         * @param restore applies a state to a new aggregate
         * @return this builder
         * @throws IllegalArgumentException if the version is less than 1
         */
        public <S> Builder<A, E> snapshot(
                Class<S> stateType, int schemaVersion, Function<A, S> take, BiConsumer<A, S> restore) {
            if (schemaVersion < 1) {
                throw new IllegalArgumentException(
                        "the schema version of the snapshots of " + name + " is " + schemaVersion + ": use 1 or more");
            }
            stateMapping = new StateMapping<>(stateType, schemaVersion, take, restore);
            return this;
        }

        /**
         * Sets the Jackson mapper that writes and reads all events, commands and snapshots of this aggregate type. The
         * default has the settings of {@link JacksonDefaults}, which shows how to add a custom module.
         *
         * @param mapper the mapper, preferably created with {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or
         *     writes {@code NaN} as a number
         */
        public Builder<A, E> mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Validates the definition and builds the type.
         *
         * @return the type
         * @throws IllegalArgumentException if the name is invalid; an event class is neither sealed nor final, has no name or no handler,
         *     or has the same name as another; a handler is registered for a class that is not a concrete event; or JSON cannot represent
         *     every member of the snapshot state
         */
        public AggregateType<A, E> build() {
            return new AggregateType<>(this);
        }
    }
}
