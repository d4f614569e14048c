package io.daybook.aggregate;

import io.daybook.aggregate.CommandRecord.HandledBeforeException;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One update of one aggregate: load its state, run the decision, append the events, and retry on newer state. Looks up
 * whether the command was handled before only if the result would otherwise be a rejection or no change. Confined to
 * one thread.
 *
 * <p>Two exceptions are control flow: after an {@link OutdatedStateException}, the decision runs again on newer state,
 * and a {@link HandledBeforeException} ends the update with the first result of the command.
 */
final class AggregateUpdate<A extends AggregateRoot<?>> {

    /** The services that all updates of one repository share. */
    record Services<A extends AggregateRoot<?>>(
            AggregateType<A, ?> type,
            EventStore store,
            AggregateLoader<A> loader,
            RetryPolicy retryPolicy,
            EventEnvelopes envelopes) {}

    /** The origin of the current state. */
    private enum Origin {
        CACHE,
        READ,
        LATEST_READ
    }

    private final Services<A> services;
    private final StreamId stream;
    private final UpdateContext context;
    private final CommandRecord record;
    private final ConflictRetries retries;
    private final ReplaySource source = new ReplaySource();
    private Origin origin = Origin.READ;

    AggregateUpdate(Services<A> services, StreamId stream, UpdateContext context) {
        this.services = services;
        this.stream = stream;
        this.context = context;
        this.record = new CommandRecord(services.store(), stream, context);
        this.retries = new ConflictRetries(services.retryPolicy(), context.timeout());
    }

    UpdateResult<Void> update(Consumer<A> decision) {
        return run(() -> decideUntilStored(decision, false));
    }

    UpdateResult<Void> createOrUpdate(Consumer<A> decision) {
        return run(() -> decideUntilStored(decision, true));
    }

    private UpdateResult<Void> decideUntilStored(Consumer<A> decision, boolean mayBeNew) {
        A aggregate = load();
        while (true) {
            try {
                decide(aggregate, decision, mayBeNew);
                return append(aggregate);
            } catch (OutdatedStateException outdated) {
                if (outdated.conflict != null) {
                    awaitRetry(outdated.conflict);
                }
                aggregate = newerState(outdated);
            }
        }
    }

    UpdateResult<Void> create(Consumer<A> decision) {
        return run(() -> {
            context.timeout().check("the creation of " + stream);
            if (context.expectedVersion(stream).orElse(0) != 0) {
                record.requireNotHandledBefore();
                throw unexpectedVersion(services.store().currentVersion(stream));
            }
            A aggregate = services.type().newInstance(stream);
            try {
                decision.accept(aggregate);
                aggregate.requireIntact();
            } catch (RuntimeException rejection) { // of any class: the decision is the user's code
                throw record.unlessHandledBefore(rejection);
            }
            if (aggregate.raised().isEmpty()) {
                record.requireNotHandledBefore();
                requireNew();
                return unchanged(aggregate);
            }
            try {
                return store(aggregate);
            } catch (ConcurrencyException e) {
                throw new AggregateAlreadyExistsException(stream, e);
            }
        });
    }

    UpdateResult<Void> save(A aggregate) {
        aggregate.requireIntact();
        boolean nothingRaised = aggregate.raised().isEmpty();
        UpdateResult<Void> result = run(aggregate.unknownAppend() != null, () -> {
            if (!context.isAtExpectedVersion(stream, aggregate)) {
                throw record.unlessHandledBefore(unexpectedVersion(aggregate.version()));
            }
            if (nothingRaised) {
                record.requireNotHandledBefore();
                return unchanged(aggregate);
            }
            try {
                return store(aggregate);
            } catch (ConcurrencyException conflict) {
                throw context.expectedVersion(stream).isPresent() ? conflict.asPreconditionFailed() : conflict;
            }
        });
        if (result.duplicate() && !nothingRaised) {
            aggregate.notSaved();
        }
        return result;
    }

    private UpdateResult<Void> run(Supplier<UpdateResult<Void>> attempts) {
        return run(false, attempts);
    }

    /**
     * Runs the attempts, unless the command has already saved to this stream. A command that was handled before gets its
     * first result. If nothing was saved, the command may still save to this stream later.
     */
    private UpdateResult<Void> run(boolean repeatedAppend, Supplier<UpdateResult<Void>> attempts) {
        context.startSaving(stream, repeatedAppend);
        boolean nothingSaved = true;
        try {
            UpdateResult<Void> result = recordingRejections(attempts);
            nothingSaved = result.eventCount() == 0;
            return result;
        } catch (HandledBeforeException e) {
            nothingSaved = false;
            return result(e.firstResult());
        } catch (EventStoreUnavailableException e) {
            nothingSaved = e.outcome() == Outcome.NOT_STORED && !repeatedAppend;
            throw e;
        } finally {
            if (nothingSaved) {
                context.nothingSaved(stream);
            }
        }
    }

    /** A rejection is final only once it is recorded, if the context requires that. */
    private UpdateResult<Void> recordingRejections(Supplier<UpdateResult<Void>> attempts) {
        try {
            return attempts.get();
        } catch (DomainException
                | AggregateNotFoundException
                | AggregateAlreadyExistsException
                | AppendTooLargeException rejection) {
            record.recordRejection(rejection);
            throw rejection;
        }
    }

    /**
     * Records the rejection of a command whose decision did not run, because the command is invalid or not authorized.
     */
    UpdateResult<Void> reject(RuntimeException rejection) {
        try {
            record.recordRejection(rejection);
            throw rejection;
        } catch (HandledBeforeException e) {
            return result(e.firstResult());
        }
    }

    private A load() {
        context.timeout().check("the decision on " + stream);
        Optional<A> cached = services.loader().restoreCached(stream, source);
        origin = cached.isPresent() ? Origin.CACHE : Origin.READ;
        return cached.orElseGet(this::read);
    }

    private A read() {
        return services.loader().load(stream, context.expectedVersion(stream).orElse(0), context.timeout(), source);
    }

    /**
     * Runs the decision. A state from the cache or a read may be outdated, so a rejection or no change is final only
     * after a read that is not. A decision that raised events needs no such read, because the append detects the
     * conflict.
     */
    private void decide(A aggregate, Consumer<A> decision, boolean mayBeNew) {
        boolean missing = aggregate.version() == 0 && !mayBeNew;
        try {
            if (missing) {
                throw new AggregateNotFoundException(stream);
            }
            if (!context.isAtExpectedVersion(stream, aggregate)) {
                throw unexpectedVersion(aggregate.version());
            }
            decision.accept(aggregate);
            aggregate.requireIntact();
        } catch (RuntimeException refusal) { // of any class: the decision is the user's code
            try {
                requireLatest(aggregate, missing);
            } catch (RuntimeException e) { // of any class: it is unknown whether the rejection is final
                e.addSuppressed(refusal);
                throw e;
            }
            throw refusal;
        }
        if (aggregate.raised().isEmpty()) {
            requireLatest(aggregate, missing);
        }
    }

    /** Throws if the command was handled before, or if there may be a newer state. */
    private void requireLatest(A aggregate, boolean missing) {
        if (origin == Origin.CACHE) {
            throw OutdatedStateException.cached();
        }
        boolean expected = context.isAtExpectedVersion(stream, aggregate);
        if (!missing || !expected) {
            record.requireNotHandledBefore();
        }
        // For an unexpected version, the loader has already waited.
        if (origin == Origin.READ && (missing || expected)) {
            services.loader().newer(stream, aggregate.version(), source).ifPresent(newer -> {
                throw OutdatedStateException.foundNewer(newer);
            });
        }
    }

    private UpdateResult<Void> append(A aggregate) {
        if (aggregate.raised().isEmpty()) {
            return unchanged(aggregate);
        }
        try {
            return store(aggregate);
        } catch (ConcurrencyException conflict) {
            throw OutdatedStateException.conflict(conflict);
        }
    }

    private A newerState(OutdatedStateException outdated) {
        context.timeout().check("the decision on " + stream);
        if (outdated.newer != null) {
            origin = Origin.LATEST_READ;
            @SuppressWarnings("unchecked") // an exception class cannot be generic; this update has thrown it
            A newer = (A) outdated.newer;
            return newer;
        }
        origin = Origin.READ;
        @Nullable ConcurrencyException conflict = outdated.conflict;
        return conflict == null ? read() : services.loader().reload(stream, source, conflict);
    }

    /**
     * Waits before the next retry, or throws if there is none. A conflict on a cached state does not count as a retry:
     * nothing has been read yet.
     */
    private void awaitRetry(ConcurrencyException conflict) {
        retries.add(conflict);
        if (context.expectedVersion(stream).isPresent()) {
            throw record.unlessHandledBefore(conflict.asPreconditionFailed());
        }
        if (origin != Origin.CACHE) {
            retries.awaitNext(conflict);
            context.retried();
        }
    }

    /** Appends the raised events of an intact aggregate. The store checks the timeout. */
    private UpdateResult<Void> store(A aggregate) {
        long versionBefore = aggregate.version();
        AppendOptions options = context.appendOptions();
        String lastEventId = aggregate.lastEventId();
        if (lastEventId != null) {
            options = options.builtOn(lastEventId);
        }
        UnknownAppend unknown = aggregate.unknownAppend();
        List<EventEnvelope> events = unknown == null
                ? services.envelopes().record(stream, aggregate, context)
                : unknown.repeatedWith(stream, options);
        AppendResult result;
        try {
            result = services.store().append(stream, versionBefore, events, options);
        } catch (StreamDeletedException e) {
            services.loader().forget(stream);
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
        } catch (CommandIdReusedException | CommandRejectedException | CommandTimeoutException e) {
            throw e; // a definite result of the store
        } catch (RuntimeException refusal) {
            // Of any class: stores and serializers reject events with their own exceptions. The events cannot be
            // stored, or can no longer be stored, for example because a key was destroyed after the command was
            // handled.
            throw record.unlessHandledBefore(refusal);
        }
        if (result.duplicate()) {
            aggregate.notSaved();
        } else {
            stored(aggregate, versionBefore, events, result);
        }
        return result(result);
    }

    private void stored(A aggregate, long versionBefore, List<EventEnvelope> events, AppendResult result) {
        String builtOn = aggregate.lastEventId();
        aggregate.saved(
                result.toSequenceNumber(),
                events.get(events.size() - 1).metadata().eventId());
        Optional<String> found = result.otherPredecessor();
        if (found.isEmpty()) {
            services.loader().committed(stream, aggregate, versionBefore);
        } else {
            aggregate.builtOnLostEvent();
            services.loader().builtOnLostEvent(stream, versionBefore, String.valueOf(builtOn), found.get());
        }
    }

    /**
     * A {@code create} that raises no events appends nothing, so no conflict would reveal that the aggregate already
     * exists.
     */
    private void requireNew() {
        if (services.store().readCurrent(stream, 0).findFirst().isPresent()) {
            throw new AggregateAlreadyExistsException(stream, null);
        }
    }

    private ConcurrencyException unexpectedVersion(long actualVersion) {
        return new ConcurrencyException(stream, context.expectedVersion(stream).orElse(0), actualVersion)
                .asPreconditionFailed();
    }

    private UpdateResult<Void> unchanged(A aggregate) {
        return new UpdateResult<>(stream, aggregate.version(), 0, false, retries.count());
    }

    private UpdateResult<Void> result(AppendResult result) {
        int events = (int) (result.toSequenceNumber() - result.fromSequenceNumber() + 1);
        return new UpdateResult<>(stream, result.toSequenceNumber(), events, result.duplicate(), retries.count());
    }

    /** Control flow: the decision ran on a state that may be outdated. Without a newer state, it has to be read. */
    private static final class OutdatedStateException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient @Nullable Object newer;
        private final @Nullable ConcurrencyException conflict;

        static OutdatedStateException cached() {
            return new OutdatedStateException(null, null);
        }

        static OutdatedStateException foundNewer(AggregateRoot<?> newer) {
            return new OutdatedStateException(newer, null);
        }

        static OutdatedStateException conflict(ConcurrencyException conflict) {
            return new OutdatedStateException(null, conflict);
        }

        private OutdatedStateException(@Nullable Object newer, @Nullable ConcurrencyException conflict) {
            super(null, null, false, false);
            this.newer = newer;
            this.conflict = conflict;
        }
    }
}
