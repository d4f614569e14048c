package io.daybook.subscription;

import io.daybook.subscription.EventFeed.StartPosition;

/**
 * The options of a subscription. Immutable.
 *
 * <pre>{@code
 * SubscriptionOptions options = SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(FailurePolicy.parkStreamAfter(5));
 * }</pre>
 *
 * @param start the start position if the name is new
 * @param failurePolicy the policy for failures of the handler; use the same {@link FailurePolicy} in all instances with
 *     the same name
 */
public record SubscriptionOptions(StartPosition start, FailurePolicy failurePolicy) {

    /**
     * Creates options with a failure policy that retries forever.
     *
     * @param start the start position if the name is new
     * @return the options
     */
    public static SubscriptionOptions from(StartPosition start) {
        return new SubscriptionOptions(start, FailurePolicy.retryForever());
    }

    /**
     * Returns a copy of these options with another failure policy.
     *
     * @param policy the policy for failures of the handler; use the same policy in all instances with the same name
     * @return the options
     */
    public SubscriptionOptions onFailure(FailurePolicy policy) {
        return new SubscriptionOptions(start, policy);
    }
}
