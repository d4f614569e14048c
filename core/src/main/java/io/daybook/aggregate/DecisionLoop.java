package io.daybook.aggregate;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
        cause.deadline().check("the creation of " + stream);
        if (cause.expectedVersion().orElse(0) != 0) {
            return handledBefore(stream, cause, 0)
                    .orElseThrow(() -> statedMismatch(stream, cause, store.currentVersion(stream)));
        }
        A aggregate = type.newInstance(stream);
        Optional<Change> handled = decide(stream, aggregate, cause, decision, 0);
        if (handled.isPresent()) {
            return handled.get();
        }
        try {
            return save(stream, aggregate, cause, 0);
        } catch (ConcurrencyException e) {
            throw new AggregateAlreadyExistsException(stream, e);
        }
    }

    Change update(StreamId stream, Cause cause, Consumer<A> decision) {
        cause.deadline().check("the decision on " + stream);
        History history = new History();
        @Nullable
        A decided = loader.remembered(stream, history)
                .filter(aggregate -> isAtExpectedVersion(aggregate, cause) && decideOnRemembered(aggregate, decision))
                .orElse(null);
        // A state in memory that was overtaken is no conflict yet: nothing was read. So it does not count.
        int maxRetries = retryPolicy.maxRetries() + (decided == null ? 0 : 1);
        @Nullable ConcurrencyException earlier = null;
        for (int retries = 0; ; retries++) {
            long start = System.nanoTime();
            if (decided == null) {
                cause.deadline().check("the decision on " + stream);
                A aggregate = earlier == null
                        ? loader.load(stream, cause.expectedVersion().orElse(0), cause.deadline(), history)
                        : loader.reload(stream, history, earlier);
                Optional<Change> answer = requireExpectedState(stream, aggregate, cause, retries);
                if (answer.isEmpty()) {
                    answer = decide(stream, aggregate, cause, decision, retries);
                }
                if (answer.isPresent()) {
                    return answer.get();
                }
                decided = aggregate;
            }
            try {
                return save(stream, decided, cause, retries);
            } catch (ConcurrencyException conflict) {
                if (earlier != null && earlier != conflict) {
                    conflict.addSuppressed(earlier);
                }
                Optional<Change> answer = requireRetry(stream, cause, retries, maxRetries, conflict, start);
                if (answer.isPresent()) {
                    return answer.get();
                }
                earlier = conflict;
                decided = null;
            }
        }
    }

    private static ConcurrencyException statedMismatch(StreamId stream, Cause cause, long actualVersion) {
        return new ConcurrencyException(stream, cause.expectedVersion().orElse(0), actualVersion).asStated();
    }

    private static boolean isAtExpectedVersion(AggregateRoot<?> aggregate, Cause cause) {
        return cause.expectedVersion().orElse(aggregate.version()) == aggregate.version();
    }

    private Optional<Change> requireExpectedState(StreamId stream, A aggregate, Cause cause, int retries) {
        if (!isAtExpectedVersion(aggregate, cause)) {
            Optional<Change> handled = handledBefore(stream, cause, retries);
            if (handled.isPresent()) {
                return handled;
            }
            if (aggregate.version() > 0) {
                throw statedMismatch(stream, cause, aggregate.version());
            }
        }
        if (aggregate.version() == 0) {
            throw new AggregateNotFoundException(stream);
        }
        return Optional.empty();
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
            Optional<Change> handled = handledBefore(stream, cause, retries);
            if (handled.isPresent()) {
                return handled;
            }
            throw rejection;
        }
        if (!aggregate.raised().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(handledBefore(stream, cause, retries)
                .orElseGet(() -> new Change(stream, aggregate.version(), 0, false, retries)));
    }

    Change save(StreamId stream, A aggregate, Cause cause, int retries) {
        aggregate.requireIntact();
        cause.requireFirstAppendTo(stream);
        if (aggregate.raised().isEmpty()) {
            return new Change(stream, aggregate.version(), 0, false, retries);
        }
        cause.deadline().check("the append to " + stream);
        long versionBefore = aggregate.version();
        List<EventEnvelope> events = recorder.record(stream, aggregate, cause);
        AppendResult result;
        try {
            result = store.append(stream, versionBefore, events, cause.appendOptions());
        } catch (StreamDeletedException e) {
            loader.forget(stream);
            throw e;
        } catch (ConcurrencyException
                | CommandIdReusedException
                | CommandTimeoutException
                | EventStoreUnavailableException e) {
            throw e; // an answer of the store, or none
        } catch (RuntimeException refusal) {
            // These events cannot be stored: no more, perhaps, as when a key was destroyed after the command was
            // handled.
            Change handled = handledBefore(stream, cause, retries).orElseThrow(() -> refusal);
            aggregate.notSaved();
            return handled;
        }
        cause.appendedTo(stream);
        if (result.duplicate()) {
            aggregate.notSaved();
        } else {
            aggregate.saved(
                    result.toSequenceNumber(),
                    events.get(events.size() - 1).metadata().eventId());
            loader.committed(stream, aggregate, versionBefore);
        }
        return change(stream, result, retries);
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
        if (cause.expectedVersion().isPresent()) {
            Optional<Change> handled = handledBefore(stream, cause, retriesSoFar);
            if (handled.isPresent()) {
                return handled;
            }
            throw conflict.asStated();
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
