package io.daybook.aggregate;

import io.daybook.eventstore.ConcurrencyException;
import org.jspecify.annotations.Nullable;

/** Control flow: the decision ran on a state that may be outdated. Without a newer state, it has to be read. */
final class OutdatedStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object newer;
    private final @Nullable ConcurrencyException conflict;

    private OutdatedStateException(@Nullable Object newer, @Nullable ConcurrencyException conflict) {
        super(null, null, false, false);
        this.newer = newer;
        this.conflict = conflict;
    }

    static OutdatedStateException cached() {
        return new OutdatedStateException(null, null);
    }

    static OutdatedStateException foundNewer(AggregateRoot<?> newer) {
        return new OutdatedStateException(newer, null);
    }

    static OutdatedStateException conflict(ConcurrencyException conflict) {
        return new OutdatedStateException(null, conflict);
    }

    /** Returns the newer state; null if it has to be read. */
    @Nullable
    Object newer() {
        return newer;
    }

    /** Returns the conflict; null if nothing was appended. */
    @Nullable
    ConcurrencyException conflict() {
        return conflict;
    }
}
