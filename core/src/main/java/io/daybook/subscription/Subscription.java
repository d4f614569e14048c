package io.daybook.subscription;

/**
 * A handler that follows a feed, until it is closed; returned by {@link EventFeed#subscribe EventFeed.subscribe}. Safe for use by many
 * threads.
 */
public interface Subscription extends AutoCloseable {

    /**
     * {@return how it is doing, as of now}
     */
    SubscriptionStatus status();

    /**
     * Stops: lets a call of the handler that is under way finish, keeps the progress and returns. Does nothing if it is
     * stopped already. Must not be called by the handler itself.
     */
    @Override
    void close();
}
