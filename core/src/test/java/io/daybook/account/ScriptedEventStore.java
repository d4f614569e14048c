package io.daybook.account;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.serialization.JacksonEventSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** The in-memory store, with a log of what it was asked and faults that a test queues up. */
public class ScriptedEventStore implements EventStore {

    /** Runs instead of an append, and may call it. */
    @FunctionalInterface
    public interface Fault {
        AppendResult around(
                EventStore store, StreamId stream, long version, List<EventEnvelope> events, AppendOptions options);
    }

    private final EventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final List<String> calls = new ArrayList<>();
    private volatile int hidden;
    private volatile long lastSeen = Long.MAX_VALUE;

    public ScriptedEventStore onNextAppend(Fault fault) {
        faults.add(fault);
        return this;
    }

    /** Lets another writer come first, with the next append. */
    public ScriptedEventStore overtakeNextAppend(Runnable otherWriter) {
        return onNextAppend((inner, stream, version, events, options) -> {
            otherWriter.run();
            return inner.append(stream, version, events, options);
        });
    }

    /** Lets reads be behind: they do not see the last events of a stream. */
    public void hideLast(int count) {
        hidden = count;
    }

    /** What was asked since this was last called. */
    public synchronized List<String> calls() {
        List<String> asked = List.copyOf(calls);
        calls.clear();
        return asked;
    }

    private synchronized void called(String call) {
        calls.add(call);
    }

    @Override
    public AppendResult append(
            StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
        called("append");
        Fault fault = faults.poll();
        return fault == null
                ? store.append(stream, expectedVersion, events, options)
                : fault.around(store, stream, expectedVersion, events, options);
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        called("read>" + afterVersion);
        long visible = hidden == 0 ? toVersion : Math.min(toVersion, store.currentVersion(stream) - hidden);
        return visible < afterVersion
                ? Stream.empty()
                : store.read(stream, afterVersion, visible)
                        .filter(event -> event.metadata().sequenceNumber() <= lastSeen);
    }

    /** Lets reads not see the events behind a version, as a replica does that lags; the latest version is seen all the same. */
    public ScriptedEventStore lagBehind(long version) {
        lastSeen = version;
        return this;
    }

    @Override
    public Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
        called("readCurrent>" + afterVersion);
        return store.read(stream, afterVersion, Long.MAX_VALUE);
    }

    @Override
    public long currentVersion(StreamId stream) {
        called("currentVersion");
        return store.currentVersion(stream);
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        called("findCommand");
        return store.findCommand(stream, commandId);
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        called("recordRejection");
        return store.recordRejection(stream, command, error);
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        called("query");
        return store.find(filter);
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        called("delete");
        store.delete(stream, expectedVersion);
    }

    @Override
    public void delete(StreamId stream) {
        called("delete");
        store.delete(stream);
    }
}
