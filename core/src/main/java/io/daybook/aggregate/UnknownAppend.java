package io.daybook.aggregate;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.Optional;

/**
 * An append whose outcome is unknown. It can be repeated with the same events.
 *
 * @param events the events with their metadata
 * @param command the idempotency key of the append, if it has one
 */
record UnknownAppend(List<EventEnvelope> events, Optional<IdempotencyKey> command) {

    List<EventEnvelope> repeatedWith(StreamId stream, AppendOptions options) {
        if (!command.equals(options.idempotencyKey())) {
            throw new IllegalStateException(
                    "the outcome of the last save of " + stream
                            + " is unknown, and that save was for another command: save the aggregate again for that command, or load it again");
        }
        return events;
    }
}
