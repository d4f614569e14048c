package io.daybook.subscription;

/**
 * How a subscription is doing.
 *
 * <pre>{@code
 * SubscriptionStatus status = relay.status();
 * boolean healthy = status.state() == SubscriptionStatus.State.RUNNING && status.lag() < 10_000;
 * }</pre>
 *
 * @param state what it does
 * @param handled how many events it has handled since it was started, repetitions included
 * @param lag how many stored events it has still to handle; -1 if that cannot be told
 * @param lastError what went wrong last, empty if nothing has since the last success
 */
public record SubscriptionStatus(State state, long handled, long lag, String lastError) {

    /** What a subscription does. */
    public enum State {
        /** It hands events on, or waits for some. */
        RUNNING,
        /** Its handler, or the feed, failed; it tries again. */
        RETRYING,
        /** It was closed. */
        STOPPED
    }
}
