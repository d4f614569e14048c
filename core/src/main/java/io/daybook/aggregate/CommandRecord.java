package io.daybook.aggregate;

import io.daybook.DaybookException;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.util.Optional;

/** The store's record of the command of one update: whether the command was handled before, and its rejection. */
final class CommandRecord {

    /** Control flow: the command was handled before, so its first result is the result of this update. */
    static final class HandledBeforeException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient AppendResult firstResult;

        private HandledBeforeException(AppendResult firstResult) {
            super(null, null, false, false);
            this.firstResult = firstResult;
        }

        AppendResult firstResult() {
            return firstResult;
        }
    }

    private final EventStore store;
    private final StreamId stream;
    private final UpdateContext context;

    CommandRecord(EventStore store, StreamId stream, UpdateContext context) {
        this.store = store;
        this.stream = stream;
        this.context = context;
    }

    void requireNotHandledBefore() {
        String commandId = context.commandId();
        String fingerprint = context.fingerprint();
        if (commandId == null || fingerprint == null) {
            return;
        }
        Optional<HandledCommand> handled = store.findCommand(stream, commandId);
        if (handled.isPresent()) {
            throw new HandledBeforeException(handled.get().asDuplicateOf(stream, fingerprint));
        }
    }

    /** Returns the failure, unless the command was handled before, which is then its result. No failure is lost. */
    RuntimeException unlessHandledBefore(RuntimeException failure) {
        try {
            requireNotHandledBefore();
            return failure;
        } catch (RuntimeException e) { // of any class: it is unknown whether the failure is final
            e.addSuppressed(failure);
            throw e;
        }
    }

    /**
     * Makes a rejection final by recording it, if the context requires that. Throws if another outcome was recorded
     * first: an acceptance or a different rejection.
     */
    void recordRejection(RuntimeException rejection) {
        Optional<IdempotencyKey> key = context.rejectionKey();
        if (key.isEmpty()) {
            return;
        }
        String error = rejection.getClass().getName();
        try {
            HandledCommand first = store.recordRejection(stream, key.get(), error);
            if (!first.rejection().equals(Optional.of(error))) {
                throw new HandledBeforeException(
                        first.asDuplicateOf(stream, key.get().fingerprint()));
            }
        } catch (DaybookException e) {
            e.addSuppressed(rejection);
            throw e;
        }
    }
}
