package io.daybook.serialization;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import java.util.Optional;

/**
 * A codec that converts events to JSON and back. SPI between event stores and a JSON library. Use
 * {@link JacksonEventSerializer}, or implement this contract for another library:
 * <ul>
 *   <li>The data is one JSON object in UTF-8, without a byte order mark. Stores keep it as a document, and other languages read it.
 *   <li>An encoded event decodes to an equal event for as long as it is stored. {@link #encode encode} rejects an event
 *       that could not be read back, so such an event is never stored.
 *   <li>The data contains no number that a double cannot represent, such as an integer beyond ±2<sup>53</sup>, and no
 *       unpaired surrogate. Databases alter such values, so stores reject them. Write such a number as a string.
 *   <li>{@code EventTypes} determines the name and version of a class. The data never does.
 *   <li>Older versions are upcast to the current one. Versions that are newer than the program are rejected.
 *   <li>Exception messages name the type, the version and the location in the JSON, never a value: events may contain personal data.
 *   <li>Implementations are thread-safe, do not block, and retain no part of an event.
 * </ul>
 *
 * <pre>{@code
 * byte[] json = serializer.encode(new OrderShipped("42", "1Z999", Instant.now()));
 * DomainEvent same = serializer.decode("OrderShipped", 1, json);
 * }</pre>
 */
public interface EventSerializer extends EventEnvelope.Decoder {

    /**
     * Checks that events of these types can be written and read. The default accepts all types, so an unknown event is
     * not rejected until {@link #encode encode} is called.
     *
     * @param types the events of an aggregate type
     * @throws IllegalArgumentException if one of them is not registered
     */
    default void requireEventTypes(EventTypes types) {}

    /**
     * Encodes an event.
     *
     * @param event the event
     * @return the data as a JSON object in UTF-8
     * @throws EventSerializationException if the event cannot be written, or its JSON could not be read back
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    byte[] encode(DomainEvent event);

    /**
     * Returns the data to store for an event. Stores call this method for each event of an append.
     *
     * <p>An event that was {@linkplain EventEnvelope#stored read from a store} is stored unchanged, byte for byte,
     * under the type and version in its metadata. It is not decoded, upcast or encrypted again, so a program can copy
     * events of types that it does not know. A new event is encoded after a check that its metadata contains the type
     * and version of its class.
     *
     * @param envelope the event with its metadata
     * @return the data as a JSON object in UTF-8; must not be modified
     * @throws EventSerializationException if a new event cannot be encoded, or stored data is not a single JSON object
     *     without duplicate properties
     * @throws IllegalArgumentException if the class of a new event is not registered, or its metadata contains another type or version
     */
    default byte[] encode(EventEnvelope envelope) {
        EventMetadata metadata = envelope.metadata();
        Optional<byte[]> stored = envelope.data();
        if (stored.isPresent()) {
            StoredData.requireObject(metadata, stored.get());
            return stored.get();
        }
        DomainEvent event = envelope.event();
        EventTypes.Registration type = registrationOf(event);
        if (!type.name().equals(metadata.eventType()) || type.version() != metadata.eventVersion()) {
            throw new IllegalArgumentException("the metadata of event " + metadata.eventId() + " names the type "
                    + metadata.eventType() + " version " + metadata.eventVersion() + ", but "
                    + event.getClass().getName() + " is " + type.name() + " version " + type.version()
                    + ": use the type and version of its class");
        }
        return encode(event);
    }

    /**
     * Returns the type and version under which events of a class are stored.
     *
     * @param event an event
     * @return the registration of the event's class
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    EventTypes.Registration registrationOf(DomainEvent event);

    /**
     * Decodes an event and upcasts it from an older version.
     *
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version of the data, from 1
     * @param data UTF-8 JSON; not modified
     * @return the event
     * @throws UnknownEventTypeException if the type or version is unknown
     * @throws EventSerializationException if the data does not match the type
     */
    @Override
    DomainEvent decode(String eventType, int eventVersion, byte[] data);
}
