package io.daybook.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The status of a subscription at a point in time.
 *
 * <pre>{@code
 * SubscriptionStatus status = relay.status();
 * boolean healthy = status.isHealthy() && status.lag() < 10_000;
 * }</pre>
 *
 * @param state the state
 * @param handled the number of events that the handler has handled since the subscription was started, including
 *     redeliveries
 * @param failures the number of calls to the handler that have failed since the subscription was started
 * @param lastHandled the time at which the last handled event was raised; empty if no event has been handled since the
 *     subscription was started
 * @param lag the number of stored events or appends that are not handled yet; -1 if unknown
 * @param caughtUp whether every event that was stored when the feed last read its progress is handled or waits in a
 *     parked stream, and no event has been delivered since. {@code false} if the feed cannot determine that; never
 *     wrongly {@code true}. Other instances with the same name may have handled the events. The feed's documentation
 *     specifies how often the progress is read; {@link Subscription#hasCaughtUp} reads it on each call
 * @param lastError the last failure, with the stream and the number, type and id of the event; empty if nothing has
 *     failed since the last success
 */
public record SubscriptionStatus(
        State state,
        long handled,
        long failures,
        Optional<Instant> lastHandled,
        long lag,
        boolean caughtUp,
        String lastError) {

    /** The states of a subscription. */
    public enum State {
        /** The subscription delivers events or waits for new ones. */
        RUNNING,
        /** Other instances with the same name own all the work. This one takes over when one of them stops. */
        WAITING,
        /** The handler or the feed failed and is being retried. */
        RETRYING,
        /** The subscription ended without being closed and will not deliver again; the log contains the cause. */
        FAILED,
        /** The subscription was closed. */
        STOPPED
    }

    /**
     * Creates the status of a subscription that has handled nothing since it was started.
     *
     * @param state the state
     * @param lag the number of stored events or appends that are not handled yet; -1 if unknown
     * @param caughtUp whether every stored event is handled
     * @param lastError the last failure; empty if there was none
     * @return the status
     */
    public static SubscriptionStatus of(State state, long lag, boolean caughtUp, String lastError) {
        return new SubscriptionStatus(state, 0, 0, Optional.empty(), lag, caughtUp, lastError);
    }

    /**
     * Returns a copy of this status with a failure. The copy is in the state {@link State#RETRYING} and has not caught
     * up.
     *
     * @param lag the number of stored events or appends that are not handled yet; -1 if unknown
     * @param lastError the failure
     * @return the status
     */
    public SubscriptionStatus retrying(long lag, String lastError) {
        return new SubscriptionStatus(State.RETRYING, handled, failures, lastHandled, lag, false, lastError);
    }

    /**
     * Returns the delay of the subscription: zero if it has caught up, otherwise the age of the event that was handled
     * last.
     *
     * @param clock the clock
     * @return the delay, zero or more; empty if it is unknown because the feed does not know the {@link #lag} or
     *     nothing has been handled yet
     */
    public Optional<Duration> delay(Clock clock) {
        if (caughtUp) {
            return Optional.of(Duration.ZERO);
        }
        return lastHandled
                .filter(raised -> lag >= 0)
                .map(raised -> Duration.between(raised, clock.instant()))
                .map(age -> age.isNegative() ? Duration.ZERO : age);
    }

    /**
     * {@return whether the subscription works as expected: it is running or waiting for work}
     */
    public boolean isHealthy() {
        return state == State.RUNNING || state == State.WAITING;
    }
}
