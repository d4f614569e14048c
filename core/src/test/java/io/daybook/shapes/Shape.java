package io.daybook.shapes;

import io.daybook.command.Command;
import io.daybook.event.DomainEvent;

/** A class that is tried as an event, as a command and as the state of a snapshot. */
public interface Shape extends DomainEvent, Command {

    @Override
    default String aggregateId() {
        return getClass().getSimpleName();
    }
}
