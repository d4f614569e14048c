package io.daybook.testkit;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a scenario until the test checks it. A scenario without {@code then} would pass regardless of the decision, so the next
 * scenario on the same thread reports it. Several scenarios may be open at the same time: only one that is no longer reachable, and so can
 * never be finished, is reported.
 */
final class PendingOutcome {

    private static final ThreadLocal<@Nullable Started> LAST = new ThreadLocal<>();

    private record Started(WeakReference<PendingOutcome> outcome, AtomicBoolean checked, Throwable where) {}

    private final AtomicBoolean checked = new AtomicBoolean();

    PendingOutcome() {
        LAST.set(new Started(
                new WeakReference<>(this), checked, new Throwable("the scenario without then was started here")));
    }

    void checked() {
        checked.set(true);
    }

    /**
     * Checks the previous scenario on this thread. The scenario is then forgotten, so it is reported only once.
     *
     * @throws AssertionError if its outcome was not checked and never will be
     */
    static void requireLastChecked() {
        Started last = LAST.get();
        LAST.remove();
        if (last == null || last.checked().get()) {
            return;
        }
        System.gc(); // clears the reference, unless the test still holds the phase
        if (last.outcome().refersTo(null) && !last.checked().get()) {
            throw new AssertionError(
                    "an earlier scenario on this thread ended without then, thenState or thenRejected, so its outcome was"
                            + " not checked: add the missing call. The cause shows where the scenario was started",
                    last.where());
        }
    }
}
