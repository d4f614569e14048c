package io.daybook.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.DaybookException;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loader that rebuilds aggregates from snapshots and events, and takes snapshots after commits. */
final class AggregateLoader<A extends AggregateRoot<?>> {

    private static final Logger log = LoggerFactory.getLogger(AggregateRepository.class);

    private final AggregateType<A, ?> type;
    private final EventStore store;
    private final SnapshotStore snapshots;
    private final SnapshotPolicy policy;
    private final @Nullable AggregateCache cache;
    private final AtomicBoolean warnedOfState = new AtomicBoolean();
    private final LongAdder snapshotFailures = new LongAdder();
    private final LongAdder builtOnLostEvents = new LongAdder();

    AggregateLoader(
            AggregateType<A, ?> type,
            EventStore store,
            SnapshotStore snapshots,
            SnapshotPolicy policy,
            @Nullable AggregateCache cache) {
        this.type = type;
        this.store = store;
        this.snapshots = snapshots;
        this.policy = policy;
        this.cache = cache;
    }

    long snapshotFailures() {
        return snapshotFailures.sum();
    }

    long builtOnLostEvents() {
        return builtOnLostEvents.sum();
    }

    /** Restores the aggregate from the cache, if it has a state. The state may be outdated. */
    Optional<A> restoreCached(StreamId stream, ReplaySource source) {
        if (cache == null) {
            return Optional.empty();
        }
        Optional<Snapshot<?>> found = cachedSnapshot(stream);
        source.startFrom(found.orElse(null));
        return found.flatMap(this::restore);
    }

    /** Loads the current state of an aggregate. Without events, it is at version 0. */
    A load(StreamId stream) {
        return read(stream, Long.MAX_VALUE, new ReplaySource());
    }

    /**
     * Loads the current state of an aggregate, and waits briefly for a version that the caller has seen. A read may lag for a short time
     * behind a write that another process has acknowledged. The aggregate is read again only once the store reports that version.
     */
    A load(StreamId stream, long seenVersion, CommandTimeout timeout, ReplaySource source) {
        A aggregate = read(stream, Long.MAX_VALUE, source);
        for (long pause = 10; aggregate.version() < seenVersion && pause <= 40 && !timeout.hasExpired(); pause *= 2) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
            if (store.currentVersion(stream) >= seenVersion) {
                return read(stream, Long.MAX_VALUE, source);
            }
        }
        return aggregate;
    }

    /** Rebuilds the aggregate after a conflict from what is already known. Reads it again if that is not enough. */
    A reload(StreamId stream, ReplaySource source, ConcurrencyException conflict) {
        return (source.extend(conflict) ? rebuild(stream, source) : Optional.<A>empty())
                .orElseGet(() -> read(stream, Long.MAX_VALUE, source));
    }

    private Optional<A> rebuild(StreamId stream, ReplaySource source) {
        Snapshot<?> snapshot = source.snapshot();
        if (snapshot == null) {
            A fromNothing = type.newInstance(stream);
            source.events().forEach(event -> replay(fromNothing, event));
            return Optional.of(fromNothing);
        }
        return restore(snapshot)
                .filter(start -> replayed(stream, () -> source.events().forEach(event -> replay(start, event))));
    }

    /** Returns the aggregate with the events committed after a version. Empty if there are none, so the earlier read was current. */
    Optional<A> newer(StreamId stream, long version, ReplaySource source) {
        try {
            Iterator<EventEnvelope> missed = store.readCurrent(stream, version).iterator();
            if (!missed.hasNext()) {
                return Optional.empty();
            }
            missed.forEachRemaining(source::add);
            return (source.isComplete() ? rebuild(stream, source) : Optional.<A>empty())
                    .or(() -> Optional.of(readAll(stream, store.readCurrent(stream, 0), source)));
        } catch (StreamDeletedException e) {
            forget(stream);
            throw e;
        }
    }

    private A readAll(StreamId stream, Stream<EventEnvelope> events, ReplaySource source) {
        A aggregate = type.newInstance(stream);
        source.startFrom(null);
        events.forEachOrdered(event -> replay(aggregate, event, source));
        return aggregate;
    }

    A loadAt(StreamId stream, long toVersion) {
        if (toVersion < 1) {
            throw new IllegalArgumentException(
                    "the requested version of " + stream + " is " + toVersion + ": use 1 or more");
        }
        A aggregate = read(stream, toVersion, new ReplaySource());
        if (aggregate.version() == 0) {
            throw new AggregateNotFoundException(stream);
        }
        if (aggregate.version() < toVersion) {
            throw new IllegalArgumentException(stream + " is at version " + aggregate.version() + ", so version "
                    + toVersion + " cannot be loaded");
        }
        return aggregate;
    }

    private A read(StreamId stream, long toVersion, ReplaySource source) {
        try {
            return readFromSnapshotOrStart(stream, toVersion, source);
        } catch (StreamDeletedException e) {
            forget(stream);
            throw e;
        }
    }

    /** Removes the snapshot and the cached state of a deleted stream, which another process may have deleted. */
    void forget(StreamId stream) {
        if (type.stateMapping().isPresent()) {
            guarded("delete", stream, () -> delete(stream));
        }
    }

    void delete(StreamId stream) {
        removeCached(stream);
        snapshots.delete(stream);
    }

    private void removeCached(StreamId stream) {
        if (cache != null) {
            cache.remove(stream);
        }
    }

    private A readFromSnapshotOrStart(StreamId stream, long toVersion, ReplaySource source) {
        Optional<Snapshot<?>> snapshot = cachedSnapshot(stream).or(() -> savedSnapshot(stream));
        if (snapshot.isPresent() && snapshot.get().version() <= toVersion) {
            Optional<A> aggregate = readAfter(snapshot.get(), toVersion, source);
            if (aggregate.isPresent()) {
                return aggregate.get();
            }
        }
        return readAll(stream, store.read(stream, 0, toVersion), source);
    }

    /**
     * Restores a snapshot and replays the events after it. Reads the event at the snapshot's version first. If that event has another id,
     * the snapshot belongs to a different history and is deleted, including the saved one. If the event is missing, the read may lag behind
     * another instance: the snapshot is not used this time, and the saved one is kept.
     */
    private Optional<A> readAfter(Snapshot<?> snapshot, long toVersion, ReplaySource source) {
        StreamId stream = snapshot.stream();
        Iterator<EventEnvelope> events =
                store.read(stream, snapshot.version() - 1, toVersion).iterator();
        if (!events.hasNext()) {
            log.debug(
                    "snapshot not used because the stream ends before it stream={} version={}",
                    stream,
                    snapshot.version());
            guarded("remove", stream, () -> removeCached(stream));
            return Optional.empty();
        }
        if (!events.next().metadata().eventId().equals(snapshot.eventId())) {
            log.warn(
                    "snapshot discarded stream={} version={} reason=\"the stream has a different event at that version\"",
                    stream,
                    snapshot.version());
            guarded("delete", stream, () -> delete(stream));
            return Optional.empty();
        }
        source.startFrom(snapshot);
        return restore(snapshot)
                .filter(restored ->
                        replayed(stream, () -> events.forEachRemaining(event -> replay(restored, event, source))));
    }

    /** Returns whether the events could be applied to the state of a snapshot. */
    private boolean replayed(StreamId stream, Runnable replay) {
        try {
            replay.run();
            return true;
        } catch (DaybookException e) {
            throw e; // a store failure or an unreadable event, not a fault of the snapshot
        } catch (RuntimeException e) { // of any class: the user's code did not accept a state of an earlier program
            failed("replay", stream, e);
            return false;
        }
    }

    private Optional<A> restore(Snapshot<?> snapshot) {
        try {
            return Optional.of(type.restore(snapshot));
        } catch (RuntimeException e) {
            // Of any class: the user's code did not accept a state of an earlier program. Fall back to a full replay.
            failed("restore", snapshot.stream(), e);
            return Optional.empty();
        }
    }

    private static void replay(AggregateRoot<?> aggregate, EventEnvelope event, ReplaySource source) {
        replay(aggregate, event);
        source.add(event);
    }

    private static void replay(AggregateRoot<?> aggregate, EventEnvelope event) {
        aggregate.replay(
                event.event(),
                event.metadata().sequenceNumber(),
                event.metadata().eventId());
    }

    /**
     * Returns the cached state. Ignores a state of another class or schema version, for example after a change to the
     * aggregate type.
     */
    private Optional<Snapshot<?>> cachedSnapshot(StreamId stream) {
        @Nullable AggregateCache states = cache;
        return states == null
                ? Optional.empty()
                : lookUp(
                        stream,
                        mapping -> states.get(stream)
                                .filter(found -> found.schemaVersion() == mapping.schemaVersion()
                                        && mapping.stateType().isInstance(found.state())));
    }

    /**
     * Returns the saved snapshot. Ignores a snapshot of another shape, in which a member that was added since then
     * would be null.
     */
    private Optional<Snapshot<?>> savedSnapshot(StreamId stream) {
        SnapshotJson<?> json = type.snapshotJson();
        return json == null
                ? Optional.empty()
                : lookUp(
                        stream,
                        mapping -> snapshots
                                .load(stream, JsonNode.class, mapping.schemaVersion())
                                .filter(found -> found.shape().equals(json.shape()))
                                .map(json::read));
    }

    private Optional<Snapshot<?>> lookUp(
            StreamId stream, Function<AggregateType.StateMapping<A, ?>, Optional<Snapshot<?>>> request) {
        try {
            return type.stateMapping().flatMap(request);
        } catch (RuntimeException e) {
            // Of any class: a store throws whichever exception describes the failure best. The aggregate is rebuilt
            // from all its events instead, which only costs time.
            failed("load", stream, e);
            return Optional.empty();
        }
    }

    /**
     * Reports a stored append that was based on an event that the database has since lost, for example in an unplanned
     * failover.
     */
    void builtOnLostEvent(StreamId stream, long version, String builtOn, String found) {
        builtOnLostEvents.increment();
        log.error(
                "append was based on a lost event stream={} version={} builtOn={} found={}",
                stream,
                version,
                builtOn,
                found);
        forget(stream);
    }

    /** Takes a snapshot after a commit, if one is due or cached. Never fails the command, whose events are already stored. */
    void committed(StreamId stream, A aggregate, long versionBefore) {
        guarded("save", stream, () -> {
            boolean due = policy.isDue(versionBefore, aggregate.version());
            if (due || cache != null) {
                type.snapshotOf(aggregate).ifPresent(snapshot -> {
                    if (cache != null) {
                        cache.put(snapshot);
                    }
                    if (due) {
                        json(snapshot).ifPresent(snapshots::save);
                    }
                });
            }
        });
    }

    private Optional<Snapshot<JsonNode>> json(Snapshot<?> snapshot) {
        try {
            return Optional.ofNullable(type.snapshotJson()).map(json -> json.write(snapshot));
        } catch (RuntimeException e) { // a fault of the state class, so every snapshot fails: log it once
            snapshotFailures.increment();
            if (warnedOfState.compareAndSet(false, true)) {
                log.warn("snapshots cannot be saved aggregateType={} first={}", type.name(), snapshot.stream(), e);
            }
            return Optional.empty();
        }
    }

    private void guarded(String action, StreamId stream, Runnable access) {
        try {
            access.run();
        } catch (RuntimeException | Error e) {
            // Of any class: the events are stored, or the read continues without a snapshot.
            failed(action, stream, e);
        }
    }

    private void failed(String action, StreamId stream, Throwable e) {
        snapshotFailures.increment();
        log.warn("snapshot operation failed action={} stream={}", action, stream, e);
    }
}
