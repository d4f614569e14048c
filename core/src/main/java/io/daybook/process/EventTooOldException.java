package io.daybook.process;

import io.daybook.DaybookException;
import io.daybook.event.EventMetadata;
import java.time.Duration;

/**
 * Thrown when a {@link Reaction} receives an event that is older than the retention of idempotency keys. The command
 * for that event may already have taken effect, and the target would no longer recognize it as a duplicate. The stream
 * of the event is parked with this error. See {@link DaybookException} for how to distinguish failures.
 */
public final class EventTooOldException extends DaybookException {

    private static final long serialVersionUID = 1L;

    EventTooOldException(String reaction, EventMetadata event, Duration oldest) {
        super("the reaction " + reaction + " refuses the event " + event.eventId() + ", which is older than " + oldest
                + ": its command may have taken effect before, so check that and send it by hand");
    }
}
