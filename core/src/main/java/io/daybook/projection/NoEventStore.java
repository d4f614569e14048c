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

/** A placeholder for the event store in a service that has none. Scans find nothing, and no event can be read. */
final class NoEventStore implements EventStore {

    static final EventStore INSTANCE = new NoEventStore();

    private NoEventStore() {}

    static boolean is(EventStore eventStore) {
        return eventStore == INSTANCE;
    }

    @Override
    public List<String> scanRanges() {
        return List.of();
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        throw new MissingEventsException(stream, afterVersion + 1);
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("this projector has no event store");
    }

    @Override
    public long currentVersion(StreamId stream) {
        throw none();
    }

    @Override
    public AppendResult append(StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
        throw none();
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        throw none();
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        throw none();
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        throw none();
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        throw none();
    }

    @Override
    public void delete(StreamId stream) {
        throw none();
    }
}
