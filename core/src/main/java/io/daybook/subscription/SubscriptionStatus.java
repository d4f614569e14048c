package io.daybook.subscription;

/**
 * The state of a subscription at one moment.
 *
 * <pre>{@code
 * SubscriptionStatus status = relay.status();
 * boolean healthy = status.isHealthy() && status.lag() < 10_000;
 * }</pre>
 *
 * @param state what it does
 * @param handled how many events its handler has handled since it was started, repetitions included
 * @param failures how many calls of its handler have failed since it was started
 * @param lag how many stored events it has still to handle; -1 if that is not known
 * @param caughtUp whether every event that was stored when the feed last read its progress has been handled, or waits in a parked stream,
 *     and none has been delivered since. Never true by mistake; {@code false} if the feed cannot know. Other instances of the same name may
 *     have handled the events. The feed's documentation says how often the progress is read
 * @param lastError what went wrong last, with the stream, the number, the type and the id of the event; empty if nothing has since the
 *     last success
 */
public record SubscriptionStatus(
        State state, long handled, long failures, long lag, boolean caughtUp, String lastError) {

    /** What a subscription does. */
    public enum State {
        /** It delivers events, or waits for new ones. */
        RUNNING,
        /** Other instances of the same name own all the work; it takes over when one of them leaves. */
        WAITING,
        /** Its handler, or the feed, failed; it tries again. */
        RETRYING,
        /** It ended by itself and will not deliver again; the cause is in the log. */
        FAILED,
        /** It was closed. */
        STOPPED
    }

    /**
     * {@return whether it works as it should: it runs, or waits for work}
     */
    public boolean isHealthy() {
        return state == State.RUNNING || state == State.WAITING;
    }
}
