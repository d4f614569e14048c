package io.daybook.process;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.serialization.UnknownEventTypeException;
import org.jspecify.annotations.Nullable;

/** Decodes the events of a feed for a process or reaction. */
final class Inputs {

    private Inputs() {}

    /** Returns the event; null if this program does not know its type and the process does not handle it. */
    static @Nullable DomainEvent decode(EventEnvelope envelope, EventTypes handled) {
        try {
            return envelope.event();
        } catch (UnknownEventTypeException e) {
            if (handled.find(envelope.metadata().eventType()).isPresent()) {
                throw e; // written by a newer program
            }
            return null;
        }
    }
}
