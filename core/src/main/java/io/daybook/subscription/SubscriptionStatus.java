package io.daybook.subscription;

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
 * @param lag how many stored events it still has to handle; -1 if unknown
 * @param caughtUp whether every event that was stored when the feed last read its progress is handled or waits in a parked stream, and none
 *     has been delivered since. Never true by mistake; {@code false} if the feed cannot know. Other instances with the same name may have
 *     handled the events. The feed's documentation specifies how often the progress is read; {@link Subscription#hasCaughtUp} reads it now
 * @param lastError the last failure, with the stream, the number, the type and the id of the event; empty if there was none since the last
 *     success
 */
public record SubscriptionStatus(
        State state, long handled, long failures, long lag, boolean caughtUp, String lastError) {

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
     * {@return whether it works as expected: it is running, or waits for work}
     */
    public boolean isHealthy() {
        return state == State.RUNNING || state == State.WAITING;
    }
}
