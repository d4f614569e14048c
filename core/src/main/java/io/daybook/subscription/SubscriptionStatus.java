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
 * @param handled how many events its handler has handled since it was started, redeliveries included
 * @param failures how many calls of its handler have failed since it was started
 * @param lastHandled when the event that its handler handled last was raised; empty if it has handled none since it was started
 * @param lag how many stored events it still has to handle; -1 if unknown
 * @param caughtUp whether every event that was stored when the feed last read its progress is handled or waits in a parked stream, and none
 *     has been delivered since. Never true by mistake; {@code false} if the feed cannot know. Other instances with the same name may have
 *     handled the events. The feed's documentation specifies how often the progress is read; {@link Subscription#hasCaughtUp} reads it now
 * @param lastError the last failure, with the stream, the number, the type and the id of the event; empty if there was none since the last
 *     success
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
        /** It delivers events, or waits for new ones. */
        RUNNING,
        /** Other instances of the same name own all the work; it takes over when one of them leaves. */
        WAITING,
        /** Its handler, or the feed, failed; it retries. */
        RETRYING,
        /** It ended on its own and will not deliver again; the log contains the cause. */
        FAILED,
        /** It was closed. */
        STOPPED
    }

    /**
     * Returns a status of a subscription that has handled nothing since it was started.
     *
     * @param state the state
     * @param lag how many stored events it still has to handle; -1 if unknown
     * @param caughtUp whether every stored event is handled
     * @param lastError the last failure; empty if there was none
     * @return the status
     */
    public static SubscriptionStatus of(State state, long lag, boolean caughtUp, String lastError) {
        return new SubscriptionStatus(state, 0, 0, Optional.empty(), lag, caughtUp, lastError);
    }

    /**
     * Returns this status with a failure: in the state {@link State#RETRYING}, and not caught up.
     *
     * @param lag how many stored events it still has to handle; -1 if unknown
     * @param lastError the failure
     * @return the status
     */
    public SubscriptionStatus retrying(long lag, String lastError) {
        return new SubscriptionStatus(State.RETRYING, handled, failures, lastHandled, lag, false, lastError);
    }

    /**
     * Returns how far the subscription is behind: zero if it has caught up, otherwise the age of the event that it handled last.
     *
     * @param clock the clock
     * @return the delay, zero or more; empty if it is unknown: the feed does not know the {@link #lag}, or nothing was handled yet
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
     * {@return whether it works as expected: it is running, or waits for work}
     */
    public boolean isHealthy() {
        return state == State.RUNNING || state == State.WAITING;
    }
}
