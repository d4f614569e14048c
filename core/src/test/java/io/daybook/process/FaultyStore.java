package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.SimulatedWorkers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** An event store and a timer store each of whose calls gives up the worker's turn, and may fail or lose its reply. */
final class FaultyStore implements EventStore, TimerStore {

    private final EventStore store;
    private final TimerStore timers;
    private final SimulatedWorkers workers;

    FaultyStore(EventStore store, TimerStore timers, SimulatedWorkers workers) {
        this.store = store;
        this.timers = timers;
        this.workers = workers;
    }

    private <T> T call(Supplier<T> call) {
        SimulatedWorkers.Fate fate = workers.yield();
        if (fate == SimulatedWorkers.Fate.NOT_SENT) {
            throw new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null);
        }
        T answer = call.get();
        if (fate == SimulatedWorkers.Fate.REPLY_LOST) {
            throw new EventStoreUnavailableException("simulated", Outcome.UNKNOWN, null, null);
        }
        return answer;
    }

    @Override
    public AppendResult append(StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
        return call(() -> store.append(stream, expected, events, options));
    }

    /** The events, without the newest at times: a read may be late. */
    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        List<EventEnvelope> events =
                call(() -> store.read(stream, afterVersion, toVersion).toList());
        boolean late = !events.isEmpty() && workers.happens(10);
        return events.subList(0, late ? events.size() - 1 : events.size()).stream();
    }

    @Override
    public Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
        return call(() -> store.readCurrent(stream, afterVersion));
    }

    @Override
    public long currentVersion(StreamId stream) {
        return call(() -> store.currentVersion(stream));
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        return call(() -> store.findCommand(stream, commandId));
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        return call(() -> store.recordRejection(stream, command, error));
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        return store.find(filter);
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        store.delete(stream, expectedVersion);
    }

    @Override
    public void delete(StreamId stream) {
        store.delete(stream);
    }

    @Override
    public void set(ProcessTimer timer) {
        call(() -> {
            timers.set(timer);
            return timer;
        });
    }

    @Override
    public void remove(ProcessTimer timer) {
        call(() -> {
            timers.remove(timer);
            return timer;
        });
    }

    @Override
    public void postpone(ProcessTimer timer, Instant until) {
        call(() -> {
            timers.postpone(timer, until);
            return timer;
        });
    }

    @Override
    public List<ProcessTimer> due(Instant now, int max) {
        return timers.due(now, max);
    }
}
