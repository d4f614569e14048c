package io.daybook.sample.order;

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

/** A store that runs an action first, such as a failure, and then delegates to another. */
public final class ScriptedEventStore implements EventStore {

    private final EventStore behind;
    private volatile Runnable beforeAppend = () -> {};
    private volatile Runnable beforeRead = () -> {};

    public ScriptedEventStore(EventStore behind) {
        this.behind = behind;
    }

    public void beforeAppend(Runnable action) {
        beforeAppend = action;
    }

    public void beforeRead(Runnable action) {
        beforeRead = action;
    }

    @Override
    public AppendResult append(
            StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
        beforeAppend.run();
        return behind.append(stream, expectedVersion, events, options);
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        beforeRead.run();
        return behind.read(stream, afterVersion, toVersion);
    }

    @Override
    public long currentVersion(StreamId stream) {
        beforeRead.run();
        return behind.currentVersion(stream);
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        beforeRead.run();
        return behind.findCommand(stream, commandId);
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        return behind.recordRejection(stream, command, error);
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        return behind.find(filter);
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        behind.delete(stream, expectedVersion);
    }

    @Override
    public void delete(StreamId stream) {
        behind.delete(stream);
    }
}
