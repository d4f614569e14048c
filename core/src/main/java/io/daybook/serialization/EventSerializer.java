package io.daybook.serialization;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;

/**
 * Turns events into JSON and back: the SPI between the stores and a JSON library. Implementations are safe for use by
 * many threads.
 */
public interface EventSerializer extends EventEnvelope.Decoder {

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
