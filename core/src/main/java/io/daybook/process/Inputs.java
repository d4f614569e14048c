package io.daybook.process;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.serialization.UnknownEventTypeException;
import org.jspecify.annotations.Nullable;

/** The events that a process or reaction handles: their types, and how they are decoded. */
final class Inputs {

    private Inputs() {}

    /** Returns the type of an event. A handler is found by the class of the event, so it must be the class itself. */
    @SuppressWarnings("unchecked") // the array of one class
    static EventTypes typeOf(String owner, Class<? extends DomainEvent> event) {
        EventTypes types = EventTypes.of(event);
        if (types.all().stream().noneMatch(type -> type.eventClass() == event)) {
            throw new IllegalArgumentException(owner + " has a handler for " + event.getName()
                    + ", which has several event classes: add a handler for each of them");
        }
        return types;
    }

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
