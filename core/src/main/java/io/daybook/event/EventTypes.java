package io.daybook.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.VersionedJson;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registry of event types, which maps each stored name to a class and its current schema version. Immutable and
 * thread-safe.
 *
 * <p>A registry is built from the sealed interfaces of the aggregates. The factory rejects anything that would fail later: a
 * class without {@link EventType}, a duplicate name, or a type that is neither sealed nor a final class.
 *
 * <pre>{@code
 * EventTypes types = EventTypes.of(OrderEvent.class); // and the sealed interfaces of the other aggregates
 * EventTypes.Registration shipped = types.find("OrderShipped").orElseThrow();
 * }</pre>
 *
 * <p>{@code AggregateType.eventTypes} returns the registry of one aggregate, and {@link #and and} merges several:
 *
 * <pre>{@code
 * EventSerializer serializer = JacksonEventSerializer.of(Order.TYPE.eventTypes().and(Customer.TYPE.eventTypes()));
 * }</pre>
 */
public final class EventTypes {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /**
     * A registered event type.
     *
     * @param name the stored name
     * @param version the current schema version of the class, from 1
     * @param eventClass the class
     */
    public record Registration(String name, int version, Class<? extends DomainEvent> eventClass) {}

    private final Map<String, Registration> byName = new LinkedHashMap<>();
    private final Map<Class<?>, Registration> byClass = new LinkedHashMap<>();
    private final Map<Registration, ObjectMapper> mappers = new HashMap<>();

    private EventTypes() {}

    private EventTypes(List<Class<? extends DomainEvent>> roots) {
        Set<Class<? extends DomainEvent>> leaves = new LinkedHashSet<>();
        roots.forEach(root -> collect(root, leaves));
        leaves.forEach(this::register);
    }

    /**
     * Creates a registry of all event types below the given types.
     *
     * @param roots sealed types, which stand for all of their permitted subtypes, and final classes
     * @return the registry
     * @throws IllegalArgumentException if no type is given, a type is neither sealed nor final, a class has no {@link EventType} or an
     *     invalid one, or two classes have the same name
     */
    @SafeVarargs
    public static EventTypes of(Class<? extends DomainEvent>... roots) {
        if (roots.length == 0) {
            throw new IllegalArgumentException("no event type is given: pass at least one sealed event interface");
        }
        return new EventTypes(List.of(roots));
    }

    private static void collect(Class<? extends DomainEvent> type, Set<Class<? extends DomainEvent>> leaves) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted.asSubclass(DomainEvent.class), leaves);
            }
        }
        boolean concrete = !Modifier.isAbstract(type.getModifiers());
        if (concrete) {
            leaves.add(type);
        }
        boolean open = !type.isSealed() && !Modifier.isFinal(type.getModifiers());
        if (open) {
            throw new IllegalArgumentException(type.getName()
                    + " is open, so its events cannot be listed: make it a record, a final class or sealed");
        }
    }

    private void register(Class<? extends DomainEvent> eventClass) {
        EventType annotation = eventClass.getAnnotation(EventType.class);
        if (annotation == null) {
            throw new IllegalArgumentException(
                    eventClass.getName() + " has no stored name: annotate it with @EventType(\"…\")");
        }
        Registration registration = new Registration(annotation.value(), annotation.version(), eventClass);
        if (!NAME.matcher(registration.name()).matches() || registration.version() < 1) {
            throw new IllegalArgumentException(eventClass.getName() + " has the invalid @EventType(\""
                    + registration.name() + "\", version = " + registration.version()
                    + "): a name has 1 to 128 letters, digits or . _ -, a version is 1 or more");
        }
        if (annotation.since() < 1 || annotation.since() > registration.version()) {
            throw new IllegalArgumentException(eventClass.getName() + " has an @EventType with since = "
                    + annotation.since() + ": use 1 to its version, " + registration.version());
        }
        add(registration);
    }

    private void add(Registration registration) {
        Class<?> eventClass = registration.eventClass();
        Registration other = byName.putIfAbsent(registration.name(), registration);
        if (other != null && other.eventClass() != eventClass) {
            throw new IllegalArgumentException("the event type \"" + registration.name() + "\" is used by both "
                    + other.eventClass().getName() + " and " + eventClass.getName() + ": rename one of them");
        }
        byClass.put(eventClass, registration);
    }

    /**
     * Returns these types with a custom Jackson mapper, which {@code JacksonEventSerializer} uses for them instead of
     * {@code JacksonDefaults}. {@code AggregateType.Builder.mapper} calls this method. Call it yourself where there is no aggregate type,
     * for example in a consumer of published events.
     *
     * @param mapper the mapper, preferably created with {@code JacksonDefaults.mapper()}; copied
     * @return the same types, all with this mapper
     * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or writes
     *     {@code NaN} as a number
     */
    public EventTypes mapper(ObjectMapper mapper) {
        ObjectMapper copy = VersionedJson.requireSafe(mapper).copy();
        EventTypes types = new EventTypes();
        for (Registration type : all()) {
            types.add(type);
            types.mappers.put(type, copy);
        }
        return types;
    }

    /**
     * Returns the mapper that was set for a type with {@link #mapper(ObjectMapper) mapper}.
     *
     * @param type a registration of this registry
     * @return the mapper, which must not be modified; empty if the defaults apply
     */
    public Optional<ObjectMapper> mapperOf(Registration type) {
        return Optional.ofNullable(mappers.get(type));
    }

    /**
     * Merges two registries, such as those of two aggregate types in one store. Each type keeps its mapper.
     *
     * @param other the types to add
     * @return a registry of all types of both
     * @throws IllegalArgumentException if two classes have the same name, or a class has different mappers in the two
     *     registries
     */
    public EventTypes and(EventTypes other) {
        EventTypes merged = new EventTypes();
        for (EventTypes part : List.of(this, other)) {
            for (Registration type : part.all()) {
                boolean known = merged.byClass.containsKey(type.eventClass());
                if (known && merged.mappers.get(type) != part.mappers.get(type)) {
                    throw new IllegalArgumentException("the event class "
                            + type.eventClass().getName() + " is registered with two mappers: register it once");
                }
                merged.add(type);
                part.mapperOf(type).ifPresent(mapper -> merged.mappers.put(type, mapper));
            }
        }
        return merged;
    }

    /**
     * Finds a type by its stored name.
     *
     * @param name the stored name
     * @return the registration, or empty if the name is not registered
     */
    public Optional<Registration> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * Returns the registration of an event's class.
     *
     * @param event an event
     * @return the registration of the class
     * @throws IllegalArgumentException if the class is not registered
     */
    public Registration registrationOf(DomainEvent event) {
        @Nullable Registration registration = byClass.get(event.getClass());
        if (registration == null) {
            throw new IllegalArgumentException(
                    event.getClass().getName() + " is not registered: add it, or its sealed interface, to EventTypes");
        }
        return registration;
    }

    /**
     * Checks that every type of another registry is also registered here.
     *
     * @param required the other registry, such as the events of an aggregate type
     * @throws IllegalArgumentException if a class is not registered under the same name and version
     */
    public void requireAll(EventTypes required) {
        List<String> missing = required.all().stream()
                .filter(type -> !type.equals(byName.get(type.name())))
                .map(type -> type.eventClass().getName())
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("the serializer does not know the events " + missing
                    + ": add their sealed interface to its EventTypes");
        }
    }

    /**
     * {@return all registrations, in the order of registration; unmodifiable}
     */
    public Collection<Registration> all() {
        return Collections.unmodifiableCollection(byName.values());
    }
}
