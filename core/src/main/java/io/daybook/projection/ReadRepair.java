package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings documents up to the versions that reads require: with the event store by projecting the missing events,
 * without it by waiting until they are delivered. Thread-safe.
 */
final class ReadRepair<S> {

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ProjectionRunner<S> runner;

    ReadRepair(ProjectionRunner<S> runner) {
        this.runner = runner;
    }

    /** Checks how long reads may wait for events. */
    static Duration requireWait(Duration longest) {
        if (longest.isNegative()) {
            throw new IllegalArgumentException("the longest wait of a read is " + longest + ": use 0 or more");
        }
        return longest;
    }

    /** Returns whether missing events can be read. If not, reads wait for them. */
    boolean readsEvents() {
        return runner.folder.readsEvents();
    }

    /**
     * Brings a document up to a version, if it is behind.
     *
     * @return the stored state; older if the stream does not have the version
     * @throws StreamParkedException if an event before that version cannot be projected
     */
    StreamState<S> atLeast(StreamId stream, long version) {
        return projected(stream, version, runner.states.read(stream));
    }

    /**
     * Brings a document up to the version that a token names, unless the stream did not have that version a moment ago.
     * Without an event store, waits until the document shows the version.
     *
     * @throws StreamParkedException if an event before that version cannot be projected
     * @throws ReadModelUnavailableException if there is no event store and the document does not show the version when
     *     the wait ends
     */
    StreamState<S> atLeast(StreamId stream, long version, KnownVersions known, CommandTimeout wait) {
        StreamState<S> before = runner.states.read(stream);
        if (!readsEvents()) {
            return arrived(stream, version, before, wait);
        }
        if (known.isLacking(stream, version, before.number())) {
            return before;
        }
        StreamState<S> state = projected(stream, version, before);
        if (state.number() < version && !state.document().gone()) {
            known.lacks(stream, version, state.number());
        }
        return state;
    }

    private StreamState<S> projected(StreamId stream, long version, StreamState<S> before) {
        StreamState<S> state = before;
        if (state.document().gone() || state.number() >= version) {
            return state;
        }
        long failed = 0;
        try {
            state = runner.catchUp(state);
            failed = state.document().parking().map(Parking::sequenceNumber).orElse(0L);
        } catch (ProjectionFailedException e) {
            state = runner.states.read(stream);
            failed = e.number();
        }
        if (failed > 0 && state.number() < version) {
            throw new StreamParkedException(stream, failed);
        }
        return state;
    }

    private StreamState<S> arrived(StreamId stream, long version, StreamState<S> before, CommandTimeout wait) {
        StreamState<S> state = before;
        for (long pause = SHORTEST_PAUSE_NANOS;
                state.number() < version && !state.document().gone();
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
            if (state.isParked()) {
                throw new StreamParkedException(
                        stream, state.document().parking().orElseThrow().sequenceNumber());
            }
            if (wait.hasExpired() || Thread.currentThread().isInterrupted()) {
                throw new ReadModelUnavailableException(
                        "the document of " + stream + " shows version " + state.number() + ", but version " + version
                                + " is required, and this projector has no event store from which to read it: retry",
                        Duration.ofSeconds(1),
                        null);
            }
            LockSupport.parkNanos(pause);
            state = runner.states.read(stream);
        }
        return state;
    }

    /** Folds a stream from the event store, and stores nothing. */
    StreamState<S> folded(StreamId stream, long version) {
        Folded<S> folded = runner.folder.catchUp(stream, runner.states.read(stream));
        Poison poison = folded.poison();
        if (poison != null && folded.number() < version) {
            throw new StreamParkedException(stream, poison.number());
        }
        return new StreamState<>(runner.next(folded).build(), folded.value());
    }
}
