package io.daybook.subscription;

import io.daybook.subscription.EventFeed.StartPosition;

/**
 * The options of a subscription. Immutable.
 *
 * <pre>{@code
 * SubscriptionOptions options = SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(FailurePolicy.parkStreamAfter(5));
 * }</pre>
 *
 * @param start where to start if the name is new
 * @param failurePolicy what to do when the handler fails; use the same policy in all instances of a name, see {@link FailurePolicy}
 */
public record SubscriptionOptions(StartPosition start, FailurePolicy failurePolicy) {

    /**
     * Returns options that retry forever.
     *
     * @param start where to start if the name is new
     * @return the options
     */
    public static SubscriptionOptions from(StartPosition start) {
        return new SubscriptionOptions(start, FailurePolicy.retryForever());
    }

    /**
     * Returns these options with another failure policy.
     *
     * @param policy what to do when the handler fails; the same in all instances of a name
     * @return the options
     */
    public SubscriptionOptions onFailure(FailurePolicy policy) {
        return new SubscriptionOptions(start, policy);
    }
}
