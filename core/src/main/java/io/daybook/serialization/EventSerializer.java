package io.daybook.serialization;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import java.util.Optional;

/**
 * Turns events into JSON and back: the SPI between the stores and a JSON library. {@link JacksonEventSerializer} is the one to take; an
 * implementation for another library keeps this contract:
 * <ul>
 *   <li>data are one JSON object in UTF-8, without a byte order mark: stores keep them as a document, and other languages read them;
 *   <li>what is encoded decodes to an equal event, today and for as long as it is stored; what could not be read back is refused by
 *       {@link #encode encode}, before it is stored;
 *   <li>data have no number that a double does not hold, such as an integer beyond ±2<sup>53</sup>, and no unpaired surrogate: databases
 *       alter them, so stores refuse such data; write the number as text;
 *   <li>which name and version belong to a class is told by {@code EventTypes}, never by what the data say;
 *   <li>older versions are brought up to the present one, and versions that are newer than the program are refused;
 *   <li>messages of exceptions name the type, the version and the place in the JSON, never a value: events may hold personal data;
 *   <li>implementations are safe for use by many threads, and neither wait nor keep anything of an event.
 * </ul>
 *
 * <pre>{@code
 * byte[] json = serializer.encode(new OrderShipped("42", "1Z999", Instant.now()));
 * DomainEvent same = serializer.decode("OrderShipped", 1, json);
 * }</pre>
 */
public interface EventSerializer extends EventEnvelope.Decoder {

    /**
     * Checks that events of these types can be written and read. The default accepts all types, and leaves it to
     * {@link #encode encode} to refuse an event.
     *
     * @param types the events of an aggregate type
     * @throws IllegalArgumentException if one of them is not registered
     */
    default void requireEventTypes(EventTypes types) {}

    /**
     * Writes an event.
     *
     * @param event the event
     * @return its data as UTF-8 JSON, an object
     * @throws EventSerializationException if the event cannot be written, or what was written could not be read back
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    byte[] encode(DomainEvent event);

    /**
     * Returns the data to store for an event. Stores call this for each event of an append.
     *
     * <p>An event that was {@linkplain EventEnvelope#stored read from a store} is stored as it is, byte for byte, under the type and
     * version that its metadata name: it is neither decoded nor upcast nor encrypted again, so it can be copied by a program that does
     * not know its type. A new event is encoded, after a check that its metadata name the type and version of its class.
     *
     * @param envelope the event with its metadata
     * @return its data as UTF-8 JSON, an object; not to be altered
     * @throws EventSerializationException if a new event cannot be encoded, or stored data are not one JSON object
     * @throws IllegalArgumentException if the class of a new event is not registered, or its metadata name another type or version
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
            throw new IllegalArgumentException("the metadata of event " + metadata.eventId() + " name the type "
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
     * @return the registration of its class
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    EventTypes.Registration registrationOf(DomainEvent event);

    /**
     * Reads an event, upcasting it if it is of an older version.
     *
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version of the data, from 1
     * @param data UTF-8 JSON; not altered
     * @return the event
     * @throws UnknownEventTypeException if nobody knows that type in that version
     * @throws EventSerializationException if the data do not fit the type
     */
    @Override
    DomainEvent decode(String eventType, int eventVersion, byte[] data);
}
