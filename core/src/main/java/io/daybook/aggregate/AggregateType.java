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
 * What a kind of aggregate is made of: its name, its events, the handler of each, and how its state becomes a snapshot.
 * Immutable and safe for use by many threads; kept in a constant of the aggregate's class, as shown at
 * {@link AggregateRoot}.
 *
 * @param <A> the aggregate's class
 * @param <E> the sealed interface of its events
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
        StreamId.of(name, "1"); // refuses a name that cannot begin a stream id
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
                    + " has a handler for a class that is no concrete event of " + builder.events.getName());
        }
    }

    /**
     * Starts to describe a kind of aggregate.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of its events
     * @param name the stable name, which begins the ids of its streams; without {@code -}
     * @param events the sealed interface of its events
     * @param factory makes an aggregate without state, mostly its constructor
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
     * {@return the events of this kind of aggregate, for a serializer}
     */
    public EventTypes eventTypes() {
        return eventTypes;
    }

    /**
     * Returns the Jackson mapper for the events, commands and snapshots of this kind of aggregate.
     *
     * @return a copy of the mapper given to {@link Builder#mapper mapper}, or else one with the settings of {@link JacksonDefaults}
     */
    public ObjectMapper mapper() {
        return mapper.copy();
    }

    /**
     * Makes an aggregate without any events.
     *
     * @param id its id
     * @return the aggregate, at version 0
     * @throws IllegalArgumentException if the id is invalid
     * @throws IllegalStateException if the factory returned an aggregate that is in use already
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
     * Applies events to an aggregate, as if they had been stored and were read back; for tests and tools.
     *
     * @param aggregate an aggregate of {@link #newInstance newInstance} or {@link #restore restore}; altered
     * @param events the events that follow its version, in their order
     * @return the aggregate, at its version plus the number of the events
     * @throws UnknownEventTypeException if there is no handler for one of them
     */
    public A replay(A aggregate, List<? extends DomainEvent> events) {
        for (DomainEvent event : events) {
            long sequenceNumber = aggregate.version() + 1;
            aggregate.replay(event, sequenceNumber, "replayed-" + sequenceNumber);
        }
        return aggregate;
    }

    /**
     * Takes the state of an aggregate at its version, without the events that are not saved yet counting as stored.
     *
     * @param aggregate the aggregate, whose events are all saved
     * @return the state, or empty if this type has no snapshots or nothing of the aggregate is stored
     */
    public Optional<Snapshot<?>> snapshotOf(A aggregate) {
        String eventId = aggregate.lastEventId();
        return stateMapping == null || eventId == null || !aggregate.raised().isEmpty()
                ? Optional.empty()
                : Optional.of(stateMapping.take(aggregate.stream(), aggregate, eventId));
    }

    /**
     * Makes an aggregate from a snapshot.
     *
     * @param snapshot a snapshot that {@link #snapshotOf snapshotOf} made, perhaps long ago
     * @return the aggregate at the snapshot's version
     * @throws IllegalArgumentException if this type has no snapshots, or others
     */
    public A restore(Snapshot<?> snapshot) {
        StateMapping<A, ?> mapping = mappingOf(snapshot);
        A aggregate = newInstance(snapshot.stream());
        mapping.restore(aggregate, snapshot.state());
        aggregate.restored(snapshot.version(), snapshot.eventId());
        return aggregate;
    }

    /**
     * Writes a snapshot as JSON and reads it back, with the {@link #mapper mapper} of this type, as a repository does that saves and loads
     * it; for tests and tools.
     *
     * @param snapshot a snapshot that {@link #snapshotOf snapshotOf} made
     * @return a snapshot that shares nothing with it
     * @throws IllegalArgumentException if this type has no snapshots, or others
     * @throws IllegalStateException if the state cannot be written or read, or reads back as another state
     */
    public Snapshot<?> readBack(Snapshot<?> snapshot) {
        mappingOf(snapshot);
        SnapshotJson<?> json = Objects.requireNonNull(snapshotJson); // a type with a mapping has it
        return json.read(json.write(snapshot));
    }

    /**
     * Checks that every event that an aggregate raised could be applied, so that its state is that of its events; for tests and
     * tools.
     *
     * @param aggregate the aggregate
     * @throws IllegalStateException if it has to be loaded again; {@link AggregateRepository#save} refuses it as well
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
                    + stream.aggregateType() + " version " + snapshot.schemaVersion());
        }
        return mapping;
    }

    /** The JSON of its snapshots; null if it has none. */
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

    /** How the state of an aggregate becomes a snapshot and back. */
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
     * Collects what a kind of aggregate is made of. Not safe for use by several threads.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of its events
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
         * Registers the handler of one event.
         *
         * @param <X> the event's class
         * @param event the event's class
         * @param handler alters the aggregate's state and does nothing else
         * @return this builder
         * @throws IllegalArgumentException if the event has a handler already
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
         * States how the aggregate's state becomes a snapshot and back, as version 1 of that state.
         *
         * @param <S> the class of the state
         * @param stateType the class of the state, an immutable value that becomes JSON, best a record
         * @param take takes the state
         * @param restore puts a state into a new aggregate
         * @return this builder
         */
        public <S> Builder<A, E> snapshot(Class<S> stateType, Function<A, S> take, BiConsumer<A, S> restore) {
            return snapshot(stateType, 1, take, restore);
        }

        /**
         * States how the aggregate's state becomes a snapshot and back. Raise the version whenever the state's fields or
         * their meaning change, also through another event handler: snapshots of other versions are then ignored.
         *
         * @param <S> the class of the state
         * @param stateType the class of the state, an immutable value that becomes JSON, best a record
         * @param schemaVersion the version of the state's schema, from 1
         * @param take takes the state
         * @param restore puts a state into a new aggregate
         * @return this builder
         * @throws IllegalArgumentException if the version is less than 1
         */
        public <S> Builder<A, E> snapshot(
                Class<S> stateType, int schemaVersion, Function<A, S> take, BiConsumer<A, S> restore) {
            if (schemaVersion < 1) {
                throw new IllegalArgumentException(
                        "the schema version of the snapshots of " + name + " is " + schemaVersion + ", it starts at 1");
            }
            stateMapping = new StateMapping<>(stateType, schemaVersion, take, restore);
            return this;
        }

        /**
         * Sets the Jackson mapper that writes and reads the events, commands and snapshots of this kind of aggregate, wherever they
         * go; the default has the settings of {@link JacksonDefaults}, which shows how to add a module of your own.
         *
         * @param mapper best made from {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing on
         */
        public Builder<A, E> mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Checks and builds the type.
         *
         * @return the type
         * @throws IllegalArgumentException if the name is invalid, an event has no name, a name is used twice, or an event
         *     has no handler
         */
        public AggregateType<A, E> build() {
            return new AggregateType<>(this);
        }
    }
}
