package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;

/** An event as a database would store it: metadata, and data as bytes. */
final class StoredEvent {

    private final EventMetadata metadata;
    private final byte[] data;

    StoredEvent(EventMetadata metadata, byte[] data) {
        this.metadata = metadata;
        this.data = data;
    }

    EventMetadata metadata() {
        return metadata;
    }

    byte[] data() {
        return data;
    }

    /** Returns a new envelope each time, so that no reader sees an object that another reader has decoded. */
    EventEnvelope envelope(EventEnvelope.Decoder decoder) {
        return EventEnvelope.stored(metadata, data, decoder);
    }
}
