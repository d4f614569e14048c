package io.daybook.serialization;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.json.MappingCheck;
import io.daybook.json.ValueComparison;
import io.daybook.json.VersionedJson;
import java.util.List;

/**
 * An event serializer that uses Jackson with the settings of {@link JacksonDefaults}. {@link #encode} rejects an event
 * whose JSON would have a duplicate property. {@link #decode} does not repeat this check for stored data. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * // Version 1 had no currency.
 * @EventType(value = "OrderPaid", version = 2)
 * record OrderPaid(String orderId, long cents, String currency) implements DomainEvent {}
 *
 * EventSerializer serializer = JacksonEventSerializer.of(
 *         EventTypes.of(OrderEvent.class, OrderPaid.class),
 *         Upcaster.of("OrderPaid", 1, json -> json.put("currency", "EUR")));
 * }</pre>
 */
public final class JacksonEventSerializer implements EventSerializer {

    private final EventTypes types;
    private final VersionedJson json;

    private JacksonEventSerializer(EventTypes types, List<Upcaster> upcasters) {
        this.types = types;
        ObjectMapper defaults = JacksonDefaults.mapper().build();
        types.all()
                .forEach(type -> MappingCheck.require(
                        MappingCheck.Use.EVENT,
                        type.eventClass(),
                        types.mapperOf(type).orElse(defaults)));
        this.json = new VersionedJson(
                types.all().stream()
                        .map(type -> new VersionedJson.Type(
                                type.name(),
                                type.version(),
                                since(type.eventClass()),
                                type.eventClass(),
                                types.mapperOf(type).orElse(defaults)))
                        .toList(),
                upcasters.stream()
                        .map(upcaster -> new VersionedJson.Upcast(
                                upcaster.type(), upcaster.version(), upcaster.newType(), upcaster.change()))
                        .toList());
    }

    private static int since(Class<?> eventClass) {
        EventType annotation = eventClass.getAnnotation(EventType.class);
        return annotation == null ? 1 : annotation.since();
    }

    /**
     * Creates a serializer. Each event is written and read with the mapper of its aggregate type
     * ({@link EventTypes#mapper}), or else with the settings of {@link JacksonDefaults}.
     *
     * @param types the events
     * @param upcasters the upcasters, each of which converts events of an older version to the next version; in any
     *     order
     * @return the serializer
     * @throws IllegalArgumentException if two upcasters convert the same version, an upcaster converts a current
     *     version or does not lead to a current type, an upcaster is missing for an older version of an event, or JSON
     *     does not preserve every member of an event class; the message names the member
     */
    public static JacksonEventSerializer of(EventTypes types, Upcaster... upcasters) {
        return new JacksonEventSerializer(types, List.of(upcasters));
    }

    @Override
    public EventTypes.Registration registrationOf(DomainEvent event) {
        return types.registrationOf(event);
    }

    @Override
    public void requireEventTypes(EventTypes required) {
        types.requireAll(required);
    }

    @Override
    public byte[] encode(DomainEvent event) {
        EventTypes.Registration type = types.registrationOf(event);
        byte[] data;
        try {
            data = json.write(event);
        } catch (VersionedJson.UnreadableException e) {
            throw failure("written", type.name(), type.version(), e);
        }
        if (data.length == 0 || data[0] != '{') {
            throw new EventSerializationException(
                    "an event " + type.name() + " version " + type.version()
                            + " is not written as a JSON object: use a serializer that writes one",
                    type.name(),
                    type.version(),
                    "",
                    null);
        }
        requireEqual(type, event, data);
        return data;
    }

    private void requireEqual(EventTypes.Registration type, DomainEvent event, byte[] data) {
        Object readBack;
        try {
            // Jackson writes some values that it cannot read, such as numbers of 1001 characters or broken UTF-8 as a
            // key. Once stored, they would make the whole stream unreadable. Jackson also writes duplicate properties
            // when configured to.
            readBack = json.readBack(type.name(), type.version(), data);
        } catch (VersionedJson.UnreadableException e) {
            throw new EventSerializationException(
                    "an event " + type.name() + " version " + type.version() + " cannot be read back ("
                            + (e.path().isEmpty() ? "" : "at " + e.path() + ": ") + e.getMessage()
                            + "), so it was not stored: change the member or its value",
                    type.name(),
                    type.version(),
                    e.path(),
                    e);
        }
        String difference = ValueComparison.ofContent().difference(event, readBack);
        if (difference != null) {
            throw new EventSerializationException(
                    "an event " + type.name() + " version " + type.version() + " changes when it is read back from JSON"
                            + (difference.isEmpty() ? "" : ", at " + difference)
                            + ", so it was not stored: use only members in "
                            + event.getClass().getName()
                            + " that JSON preserves exactly, such as the components of a record",
                    type.name(),
                    type.version(),
                    difference,
                    null);
        }
    }

    @Override
    public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
        try {
            return (DomainEvent) json.readStored(eventType, eventVersion, data);
        } catch (VersionedJson.UnreadableException e) {
            if (e.unknownType()) {
                throw new UnknownEventTypeException(eventType, eventVersion, String.valueOf(e.getMessage()));
            }
            throw failure("read", eventType, eventVersion, e);
        }
    }

    private static EventSerializationException failure(
            String done, String eventType, int eventVersion, VersionedJson.UnreadableException e) {
        return new EventSerializationException(
                "an event " + eventType + " version " + eventVersion + " cannot be " + done
                        + (e.path().isEmpty() ? "" : ", at " + e.path()) + ": " + e.getMessage(),
                eventType,
                eventVersion,
                e.path(),
                e);
    }
}
