package io.daybook.process;

import io.daybook.DaybookException;
import io.daybook.event.EventMetadata;
import java.time.Duration;

/**
 * Thrown when a {@link Reaction} receives an event that is older than the retention of idempotency keys minus one day.
 * The command for that event may already have taken effect, and the target would no longer recognize it as a duplicate.
 * The stream of the event is parked with this error. See {@link DaybookException} for how to distinguish failures.
 */
public final class EventTooOldException extends DaybookException {

    private static final long serialVersionUID = 1L;

    EventTooOldException(String reaction, EventMetadata event, Duration oldest) {
        super("the event " + event.eventId() + " is older than " + oldest + ", so the reaction " + reaction
                + " may already have handled it: check whether the command took effect, and send it manually if not");
    }
}
