package io.daybook.aggregate;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a decision until its events are stored: state, decision, append, and again on fresh state after a conflict.
 * Whether the command was handled before is looked up only where the answer would otherwise be no, or nothing.
 */
final class DecisionLoop<A extends AggregateRoot<?>> {

    private final AggregateType<A, ?> type;
    private final EventStore store;
    private final AggregateLoader<A> loader;
    private final RetryPolicy retryPolicy;
    private final EventRecorder recorder;

    DecisionLoop(
            AggregateType<A, ?> type,
            EventStore store,
            AggregateLoader<A> loader,
            RetryPolicy retryPolicy,
            EventRecorder recorder) {
        this.type = type;
        this.store = store;
        this.loader = loader;
        this.retryPolicy = retryPolicy;
        this.recorder = recorder;
    }

    Change create(StreamId stream, Cause cause, Consumer<A> decision) {
        return once(stream, cause, false, () -> decideOnNew(stream, cause, decision));
    }

    Change update(StreamId stream, Cause cause, Consumer<A> decision) {
        return once(stream, cause, false, () -> decideUntilStored(stream, cause, decision, false));
    }

    Change createOrUpdate(StreamId stream, Cause cause, Consumer<A> decision) {
        return once(stream, cause, false, () -> decideUntilStored(stream, cause, decision, true));
    }

    Change save(StreamId stream, A aggregate, Cause cause) {
        aggregate.requireIntact();
        return once(stream, cause, aggregate.unknownAppend() != null, () -> saveDecided(stream, aggregate, cause));
    }

    /** Refuses a second save of a command to the same stream before it decides anything. */
    private static Change once(StreamId stream, Cause cause, boolean repeatedAppend, Supplier<Change> saving) {
        cause.startSaving(stream, repeatedAppend);
        boolean nothingSaved = true;
        try {
            Change change = saving.get();
            nothingSaved = change.events() == 0;
            return change;
        } catch (EventStoreUnavailableException e) {
            nothingSaved = e.outcome() == Outcome.NOT_STORED && !repeatedAppend;
            throw e;
        } finally {
            if (nothingSaved) {
                cause.nothingSaved(stream);
            }
        }
    }

    private Change decideOnNew(StreamId stream, Cause cause, Consumer<A> decision) {
        cause.deadline().check("the creation of " + stream);
        if (cause.expectedVersion(stream).orElse(0) != 0) {
            return handledBefore(stream, cause, 0)
                    .orElseThrow(() -> statedMismatch(stream, cause, store.currentVersion(stream)));
        }
        A aggregate = type.newInstance(stream);
        Optional<Change> handled = decide(stream, aggregate, cause, decision, 0);
        if (handled.isPresent()) {
            return handled.get();
        }
        try {
            return append(stream, aggregate, cause, 0);
        } catch (ConcurrencyException e) {
            throw new AggregateAlreadyExistsException(stream, e);
        }
    }

    private Change decideUntilStored(StreamId stream, Cause cause, Consumer<A> decision, boolean mayBeNew) {
        cause.deadline().check("the decision on " + stream);
        History history = new History();
        @Nullable
        A decided = loader.remembered(stream, history)
                .filter(aggregate ->
                        cause.isAtExpectedVersion(stream, aggregate) && decideOnRemembered(aggregate, decision))
                .orElse(null);
        // A state in memory that was overtaken is no conflict yet: nothing was read. So it does not count.
        int maxRetries = retryPolicy.maxRetries() + (decided == null ? 0 : 1);
        @Nullable ConcurrencyException earlier = null;
        for (int retries = 0; ; retries++) {
            long start = System.nanoTime();
            if (decided == null) {
                cause.deadline().check("the decision on " + stream);
                A aggregate = earlier == null
                        ? loader.load(stream, cause.expectedVersion(stream).orElse(0), cause.deadline(), history)
                        : loader.reload(stream, history, earlier);
                Decided<A> result = decideOnCurrent(stream, aggregate, cause, decision, retries, mayBeNew, history);
                if (result.answer() != null) {
                    return result.answer();
                }
                decided = result.aggregate();
            }
            try {
                return append(stream, decided, cause, retries);
            } catch (ConcurrencyException conflict) {
                if (earlier != null && earlier != conflict) {
                    conflict.addSuppressed(earlier);
                }
                Optional<Change> answer = requireRetry(stream, cause, retries, maxRetries, conflict, start);
                if (answer.isPresent()) {
                    return answer.get();
                }
                cause.retried();
                earlier = conflict;
                decided = null;
            }
        }
    }

    /** An aggregate with events to append, or an answer without any. */
    private record Decided<A>(A aggregate, @Nullable Change answer) {}

    /**
     * Decides on a state that was read. The read may have been behind another writer, so "no" and "nothing to do" are answered only
     * after a read that is not; "yes" needs none, since the append tells.
     */
    private Decided<A> decideOnCurrent(
            StreamId stream,
            A read,
            Cause cause,
            Consumer<A> decision,
            int retries,
            boolean mayBeNew,
            History history) {
        A aggregate = read;
        for (boolean isLatest = false; ; isLatest = true) {
            @Nullable RuntimeException refusal = refusal(stream, aggregate, cause, decision, mayBeNew);
            if (refusal == null && !aggregate.raised().isEmpty()) {
                return new Decided<>(aggregate, null);
            }
            Optional<A> newer = Optional.empty();
            try {
                boolean neverHandled = isMissing(aggregate, mayBeNew) && cause.isAtExpectedVersion(stream, aggregate);
                Optional<Change> handled = neverHandled ? Optional.empty() : handledBefore(stream, cause, retries);
                if (handled.isPresent()) {
                    return new Decided<>(aggregate, handled.get());
                }
                boolean ofState = isMissing(aggregate, mayBeNew) || cause.isAtExpectedVersion(stream, aggregate);
                if (ofState && !isLatest) { // a version that does not match was waited for already
                    newer = loader.newer(stream, aggregate.version(), history);
                }
            } catch (RuntimeException e) {
                // Without the look-up it is not known whether the refusal is the answer.
                if (refusal != null) {
                    e.addSuppressed(refusal);
                }
                throw e;
            }
            if (newer.isPresent()) {
                aggregate = newer.get();
            } else if (refusal != null) {
                throw refusal;
            } else {
                return new Decided<>(aggregate, unchanged(stream, aggregate, retries));
            }
        }
    }

    /** Why nothing is to be stored; null if the decision was made, though perhaps to change nothing. */
    private @Nullable RuntimeException refusal(
            StreamId stream, A aggregate, Cause cause, Consumer<A> decision, boolean mayBeNew) {
        if (isMissing(aggregate, mayBeNew)) {
            return new AggregateNotFoundException(stream);
        }
        if (!cause.isAtExpectedVersion(stream, aggregate)) {
            return statedMismatch(stream, cause, aggregate.version());
        }
        try {
            decision.accept(aggregate);
            aggregate.requireIntact();
            return null;
        } catch (RuntimeException rejection) {
            return rejection;
        }
    }

    private static boolean isMissing(AggregateRoot<?> aggregate, boolean mayBeNew) {
        return aggregate.version() == 0 && !mayBeNew;
    }

    private Change saveDecided(StreamId stream, A aggregate, Cause cause) {
        boolean nothingRaised = aggregate.raised().isEmpty();
        Change change;
        if (!cause.isAtExpectedVersion(stream, aggregate)) {
            change = handledOr(statedMismatch(stream, cause, aggregate.version()), stream, cause, 0);
        } else if (nothingRaised) {
            change = handledBefore(stream, cause, 0).orElseGet(() -> unchanged(stream, aggregate, 0));
        } else {
            try {
                change = append(stream, aggregate, cause, 0);
            } catch (ConcurrencyException conflict) {
                throw cause.expectedVersion(stream).isPresent() ? conflict.asStated() : conflict;
            }
        }
        if (change.duplicate() && !nothingRaised) {
            aggregate.notSaved();
        }
        return change;
    }

    private static ConcurrencyException statedMismatch(StreamId stream, Cause cause, long actualVersion) {
        return new ConcurrencyException(stream, cause.expectedVersion(stream).orElse(0), actualVersion).asStated();
    }

    private static Change unchanged(StreamId stream, AggregateRoot<?> aggregate, int retries) {
        return new Change(stream, aggregate.version(), 0, false, retries);
    }

    /** Whether the decision was yes: a "no" or "nothing to do" may only be true of a state that was overtaken. */
    private boolean decideOnRemembered(A aggregate, Consumer<A> decision) {
        try {
            decision.accept(aggregate);
            aggregate.requireIntact();
        } catch (RuntimeException rejection) {
            return false; // it is decided again on what is stored now, and then this counts
        }
        return !aggregate.raised().isEmpty();
    }

    /** Decides; yields a change if there is nothing to append. */
    private Optional<Change> decide(StreamId stream, A aggregate, Cause cause, Consumer<A> decision, int retries) {
        try {
            decision.accept(aggregate);
            aggregate.requireIntact();
        } catch (RuntimeException rejection) {
            return Optional.of(handledOr(rejection, stream, cause, retries));
        }
        if (!aggregate.raised().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                handledBefore(stream, cause, retries).orElseGet(() -> unchanged(stream, aggregate, retries)));
    }

    private Change append(StreamId stream, A aggregate, Cause cause, int retries) {
        aggregate.requireIntact();
        cause.deadline().check("the append to " + stream);
        long versionBefore = aggregate.version();
        AppendOptions options = cause.appendOptions();
        String lastEventId = aggregate.lastEventId();
        if (lastEventId != null) {
            options = options.builtOn(lastEventId);
        }
        UnknownAppend earlier = aggregate.unknownAppend();
        List<EventEnvelope> events =
                earlier == null ? recorder.record(stream, aggregate, cause) : earlier.repeatedWith(stream, options);
        AppendResult result;
        try {
            result = store.append(stream, versionBefore, events, options);
        } catch (StreamDeletedException e) {
            loader.forget(stream);
            throw e;
        } catch (ConcurrencyException e) {
            if (e.actualVersion() > versionBefore) {
                aggregate.appendUnknown(null); // another event stands there, so these can never be stored
            }
            throw e;
        } catch (EventStoreUnavailableException e) {
            if (e.outcome() == Outcome.UNKNOWN) {
                aggregate.appendUnknown(new UnknownAppend(events, options.command()));
            }
            throw e;
        } catch (CommandIdReusedException | CommandTimeoutException e) {
            throw e; // an answer of the store
        } catch (RuntimeException refusal) {
            // These events cannot be stored: no more, perhaps, as when a key was destroyed after the command was
            // handled.
            Change handled = handledOr(refusal, stream, cause, retries);
            aggregate.notSaved();
            return handled;
        }
        if (result.duplicate()) {
            aggregate.notSaved();
        } else {
            stored(stream, aggregate, versionBefore, events, result);
        }
        return change(stream, result, retries);
    }

    private void stored(
            StreamId stream, A aggregate, long versionBefore, List<EventEnvelope> events, AppendResult result) {
        String builtOn = aggregate.lastEventId();
        aggregate.saved(
                result.toSequenceNumber(),
                events.get(events.size() - 1).metadata().eventId());
        Optional<String> found = result.otherPredecessor();
        if (found.isEmpty()) {
            loader.committed(stream, aggregate, versionBefore);
        } else {
            aggregate.builtOnLostEvent();
            loader.builtOnLostEvent(stream, versionBefore, String.valueOf(builtOn), found.get());
        }
    }

    /** The first result of the command if it was handled before; otherwise throws. No failure is lost. */
    private Change handledOr(RuntimeException failure, StreamId stream, Cause cause, int retries) {
        Optional<Change> handled;
        try {
            handled = handledBefore(stream, cause, retries);
        } catch (RuntimeException e) {
            // Without the look-up it is not known whether the failure is the answer.
            e.addSuppressed(failure);
            throw e;
        }
        return handled.orElseThrow(() -> failure);
    }

    private Optional<Change> handledBefore(StreamId stream, Cause cause, int retries) {
        String commandId = cause.commandId();
        String fingerprint = cause.fingerprint();
        if (commandId == null || fingerprint == null) {
            return Optional.empty();
        }
        Optional<HandledCommand> handled = store.findCommand(stream, commandId);
        return handled.map(command -> change(stream, command.asDuplicateOf(stream, fingerprint), retries));
    }

    private static Change change(StreamId stream, AppendResult result, int retries) {
        int events = (int) (result.toSequenceNumber() - result.fromSequenceNumber() + 1);
        return new Change(stream, result.toSequenceNumber(), events, result.duplicate(), retries);
    }

    /** Waits before the next retry, or throws the conflict if there is to be none. */
    private Optional<Change> requireRetry(
            StreamId stream,
            Cause cause,
            int retriesSoFar,
            int maxRetries,
            ConcurrencyException conflict,
            long startNanos) {
        if (cause.expectedVersion(stream).isPresent()) {
            return Optional.of(handledOr(conflict.asStated(), stream, cause, retriesSoFar));
        }
        if (retriesSoFar == maxRetries) {
            throw conflict;
        }
        pause(retryPolicy.pauseBefore(retriesSoFar + 1, System.nanoTime() - startNanos), cause, conflict);
        return Optional.empty();
    }

    private static void pause(Duration pause, Cause cause, ConcurrencyException conflict) {
        @Nullable Duration remaining = cause.deadline().remaining().orElse(null);
        Duration bounded = remaining != null && remaining.compareTo(pause) < 0 ? remaining : pause;
        long end = System.nanoTime() + bounded.toNanos();
        while (end - System.nanoTime() > 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw conflict; // whoever interrupts wants the thread back; the flag stays set
            }
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
