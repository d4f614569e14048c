package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The part of an event store that no projector calls. */
abstract class ReadOnlyEventStore implements EventStore {

    @Override
    public AppendResult append(StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(StreamId stream) {
        throw new UnsupportedOperationException();
    }
}
