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
 * The update loop of a repository: load the state, run the decision, append its events, and start again on fresh state after a conflict.
 * The store is asked whether the command was handled before only if the result would otherwise be a rejection or no change.
 */
final class AggregateUpdate<A extends AggregateRoot<?>> {

    private final AggregateType<A, ?> type;
    private final EventStore store;
    private final AggregateLoader<A> loader;
    private final RetryPolicy retryPolicy;
    private final EventEnvelopes recorder;

    AggregateUpdate(
            AggregateType<A, ?> type,
            EventStore store,
            AggregateLoader<A> loader,
            RetryPolicy retryPolicy,
            EventEnvelopes recorder) {
        this.type = type;
        this.store = store;
        this.loader = loader;
        this.retryPolicy = retryPolicy;
        this.recorder = recorder;
    }

    UpdateResult<Void> create(StreamId stream, UpdateContext context, Consumer<A> decision) {
        return once(stream, context, false, () -> decideOnNew(stream, context, decision));
    }

    UpdateResult<Void> update(StreamId stream, UpdateContext context, Consumer<A> decision) {
        return once(stream, context, false, () -> decideUntilStored(stream, context, decision, false));
    }

    UpdateResult<Void> createOrUpdate(StreamId stream, UpdateContext context, Consumer<A> decision) {
        return once(stream, context, false, () -> decideUntilStored(stream, context, decision, true));
    }

    UpdateResult<Void> save(StreamId stream, A aggregate, UpdateContext context) {
        aggregate.requireIntact();
        return once(stream, context, aggregate.unknownAppend() != null, () -> saveDecided(stream, aggregate, context));
    }

    /** Rejects a second save of a command to the same stream before its decision runs. */
    private static UpdateResult<Void> once(
            StreamId stream, UpdateContext context, boolean repeatedAppend, Supplier<UpdateResult<Void>> saving) {
        context.startSaving(stream, repeatedAppend);
        boolean nothingSaved = true;
        try {
            UpdateResult<Void> result = saving.get();
            nothingSaved = result.eventCount() == 0;
            return result;
        } catch (EventStoreUnavailableException e) {
            nothingSaved = e.outcome() == Outcome.NOT_STORED && !repeatedAppend;
            throw e;
        } finally {
            if (nothingSaved) {
                context.nothingSaved(stream);
            }
        }
    }

    private UpdateResult<Void> decideOnNew(StreamId stream, UpdateContext context, Consumer<A> decision) {
        context.timeout().check("the creation of " + stream);
        if (context.expectedVersion(stream).orElse(0) != 0) {
            return handledBefore(stream, context, 0)
                    .orElseThrow(() -> statedMismatch(stream, context, store.currentVersion(stream)));
        }
        A aggregate = type.newInstance(stream);
        Optional<UpdateResult<Void>> handled = decide(stream, aggregate, context, decision, 0);
        if (handled.isPresent()) {
            return handled.get();
        }
        try {
            return append(stream, aggregate, context, 0);
        } catch (ConcurrencyException e) {
            throw new AggregateAlreadyExistsException(stream, e);
        }
    }

    private UpdateResult<Void> decideUntilStored(
            StreamId stream, UpdateContext context, Consumer<A> decision, boolean mayBeNew) {
        context.timeout().check("the decision on " + stream);
        ReplaySource source = new ReplaySource();
        @Nullable
        A decided = loader.remembered(stream, source)
                .filter(aggregate ->
                        context.isAtExpectedVersion(stream, aggregate) && decideOnRemembered(aggregate, decision))
                .orElse(null);
        // A stale state in memory does not count as a retry: nothing has been read yet.
        int maxRetries = retryPolicy.maxRetries() + (decided == null ? 0 : 1);
        @Nullable ConcurrencyException earlier = null;
        for (int retries = 0; ; retries++) {
            long start = System.nanoTime();
            if (decided == null) {
                context.timeout().check("the decision on " + stream);
                A aggregate = earlier == null
                        ? loader.load(stream, context.expectedVersion(stream).orElse(0), context.timeout(), source)
                        : loader.reload(stream, source, earlier);
                Decided<A> result = decideOnCurrent(stream, aggregate, context, decision, retries, mayBeNew, source);
                if (result.answer() != null) {
                    return result.answer();
                }
                decided = result.aggregate();
            }
            try {
                return append(stream, decided, context, retries);
            } catch (ConcurrencyException conflict) {
                if (earlier != null && earlier != conflict) {
                    conflict.addSuppressed(earlier);
                }
                Optional<UpdateResult<Void>> answer =
                        requireRetry(stream, context, retries, maxRetries, conflict, start);
                if (answer.isPresent()) {
                    return answer.get();
                }
                context.retried();
                earlier = conflict;
                decided = null;
            }
        }
    }

    /** An aggregate with events to append, or a result if there are none. */
    private record Decided<A>(A aggregate, @Nullable UpdateResult<Void> answer) {}

    /**
     * Runs the decision on a state that was read. The read may lag behind another writer, so a rejection or no change is returned only
     * after a read that does not lag. A decision that raised events needs no such read, because the append detects the conflict.
     */
    private Decided<A> decideOnCurrent(
            StreamId stream,
            A read,
            UpdateContext context,
            Consumer<A> decision,
            int retries,
            boolean mayBeNew,
            ReplaySource source) {
        A aggregate = read;
        for (boolean isLatest = false; ; isLatest = true) {
            @Nullable RuntimeException refusal = refusal(stream, aggregate, context, decision, mayBeNew);
            if (refusal == null && !aggregate.raised().isEmpty()) {
                return new Decided<>(aggregate, null);
            }
            Optional<A> newer = Optional.empty();
            try {
                boolean neverHandled = isMissing(aggregate, mayBeNew) && context.isAtExpectedVersion(stream, aggregate);
                Optional<UpdateResult<Void>> handled =
                        neverHandled ? Optional.empty() : handledBefore(stream, context, retries);
                if (handled.isPresent()) {
                    return new Decided<>(aggregate, handled.get());
                }
                boolean ofState = isMissing(aggregate, mayBeNew) || context.isAtExpectedVersion(stream, aggregate);
                if (ofState && !isLatest) { // for a version that does not match, the loader has already waited
                    newer = loader.newer(stream, aggregate.version(), source);
                }
            } catch (RuntimeException e) {
                // Without the lookup it is unknown whether the refusal is the result.
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

    /** Runs the decision and returns the reason to store nothing. Null if the decision succeeded, with or without events. */
    private @Nullable RuntimeException refusal(
            StreamId stream, A aggregate, UpdateContext context, Consumer<A> decision, boolean mayBeNew) {
        if (isMissing(aggregate, mayBeNew)) {
            return new AggregateNotFoundException(stream);
        }
        if (!context.isAtExpectedVersion(stream, aggregate)) {
            return statedMismatch(stream, context, aggregate.version());
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

    private UpdateResult<Void> saveDecided(StreamId stream, A aggregate, UpdateContext context) {
        boolean nothingRaised = aggregate.raised().isEmpty();
        UpdateResult<Void> result;
        if (!context.isAtExpectedVersion(stream, aggregate)) {
            result = handledOr(statedMismatch(stream, context, aggregate.version()), stream, context, 0);
        } else if (nothingRaised) {
            result = handledBefore(stream, context, 0).orElseGet(() -> unchanged(stream, aggregate, 0));
        } else {
            try {
                result = append(stream, aggregate, context, 0);
            } catch (ConcurrencyException conflict) {
                throw context.expectedVersion(stream).isPresent() ? conflict.asPreconditionFailed() : conflict;
            }
        }
        if (result.duplicate() && !nothingRaised) {
            aggregate.notSaved();
        }
        return result;
    }

    private static ConcurrencyException statedMismatch(StreamId stream, UpdateContext context, long actualVersion) {
        return new ConcurrencyException(stream, context.expectedVersion(stream).orElse(0), actualVersion)
                .asPreconditionFailed();
    }

    private static UpdateResult<Void> unchanged(StreamId stream, AggregateRoot<?> aggregate, int retries) {
        return new UpdateResult<>(stream, aggregate.version(), 0, false, retries);
    }

    /** Returns whether the decision raised events. A rejection or no change may be due to a stale state, and is not final. */
    private boolean decideOnRemembered(A aggregate, Consumer<A> decision) {
        try {
            decision.accept(aggregate);
            aggregate.requireIntact();
        } catch (RuntimeException rejection) {
            return false; // the decision runs again on the stored state, and then a rejection counts
        }
        return !aggregate.raised().isEmpty();
    }

    /** Runs the decision. Returns a result if there is nothing to append. */
    private Optional<UpdateResult<Void>> decide(
            StreamId stream, A aggregate, UpdateContext context, Consumer<A> decision, int retries) {
        try {
            decision.accept(aggregate);
            aggregate.requireIntact();
        } catch (RuntimeException rejection) {
            return Optional.of(handledOr(rejection, stream, context, retries));
        }
        if (!aggregate.raised().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                handledBefore(stream, context, retries).orElseGet(() -> unchanged(stream, aggregate, retries)));
    }

    private UpdateResult<Void> append(StreamId stream, A aggregate, UpdateContext context, int retries) {
        aggregate.requireIntact();
        context.timeout().check("the append to " + stream);
        long versionBefore = aggregate.version();
        AppendOptions options = context.appendOptions();
        String lastEventId = aggregate.lastEventId();
        if (lastEventId != null) {
            options = options.builtOn(lastEventId);
        }
        UnknownAppend earlier = aggregate.unknownAppend();
        List<EventEnvelope> events =
                earlier == null ? recorder.record(stream, aggregate, context) : earlier.repeatedWith(stream, options);
        AppendResult result;
        try {
            result = store.append(stream, versionBefore, events, options);
        } catch (StreamDeletedException e) {
            loader.forget(stream);
            throw e;
        } catch (ConcurrencyException e) {
            if (e.actualVersion() > versionBefore) {
                aggregate.appendUnknown(null); // another event has this position, so these can never be stored
            }
            throw e;
        } catch (EventStoreUnavailableException e) {
            if (e.outcome() == Outcome.UNKNOWN) {
                aggregate.appendUnknown(new UnknownAppend(events, options.idempotencyKey()));
            }
            throw e;
        } catch (CommandIdReusedException | CommandTimeoutException e) {
            throw e; // a definite result of the store
        } catch (RuntimeException refusal) {
            // These events cannot be stored, perhaps not anymore, as when a key was destroyed after the command was
            // handled.
            UpdateResult<Void> handled = handledOr(refusal, stream, context, retries);
            aggregate.notSaved();
            return handled;
        }
        if (result.duplicate()) {
            aggregate.notSaved();
        } else {
            stored(stream, aggregate, versionBefore, events, result);
        }
        return toUpdateResult(stream, result, retries);
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

    /** Returns the first result of the command if it was handled before; otherwise throws the failure. No failure is lost. */
    private UpdateResult<Void> handledOr(
            RuntimeException failure, StreamId stream, UpdateContext context, int retries) {
        Optional<UpdateResult<Void>> handled;
        try {
            handled = handledBefore(stream, context, retries);
        } catch (RuntimeException e) {
            // Without the lookup it is unknown whether the failure is the result.
            e.addSuppressed(failure);
            throw e;
        }
        return handled.orElseThrow(() -> failure);
    }

    private Optional<UpdateResult<Void>> handledBefore(StreamId stream, UpdateContext context, int retries) {
        String commandId = context.commandId();
        String fingerprint = context.fingerprint();
        if (commandId == null || fingerprint == null) {
            return Optional.empty();
        }
        Optional<HandledCommand> handled = store.findCommand(stream, commandId);
        return handled.map(command -> toUpdateResult(stream, command.asDuplicateOf(stream, fingerprint), retries));
    }

    private static UpdateResult<Void> toUpdateResult(StreamId stream, AppendResult result, int retries) {
        int events = (int) (result.toSequenceNumber() - result.fromSequenceNumber() + 1);
        return new UpdateResult<>(stream, result.toSequenceNumber(), events, result.duplicate(), retries);
    }

    /**
     * Waits before the next retry, or throws the conflict if there is none. With an expected version there is no retry; returns the first
     * result if the command was handled before.
     */
    private Optional<UpdateResult<Void>> requireRetry(
            StreamId stream,
            UpdateContext context,
            int retriesSoFar,
            int maxRetries,
            ConcurrencyException conflict,
            long startNanos) {
        if (context.expectedVersion(stream).isPresent()) {
            return Optional.of(handledOr(conflict.asPreconditionFailed(), stream, context, retriesSoFar));
        }
        if (retriesSoFar == maxRetries) {
            throw conflict;
        }
        pause(retryPolicy.pauseBefore(retriesSoFar + 1, System.nanoTime() - startNanos), context, conflict);
        return Optional.empty();
    }

    private static void pause(Duration pause, UpdateContext context, ConcurrencyException conflict) {
        @Nullable Duration remaining = context.timeout().remaining().orElse(null);
        Duration bounded = remaining != null && remaining.compareTo(pause) < 0 ? remaining : pause;
        long end = System.nanoTime() + bounded.toNanos();
        while (end - System.nanoTime() > 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw conflict; // the interrupting thread wants this one to stop; the flag stays set
            }
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
