package io.daybook.subscription;

import java.time.Duration;
import java.util.List;

/**
 * A handler's connection to a feed, which stays active until it is closed. Returned by {@link EventFeed#subscribe
 * EventFeed.subscribe}. Thread-safe.
 *
 * <pre>{@code
 * Subscription subscription = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * for (ParkedStream parked : subscription.parked()) {
 *     System.out.println(parked.stream() + " waits at " + parked.sequenceNumber() + ": " + parked.error());
 * }
 * int unparked = subscription.retryParked(); // after the handler was fixed
 * }</pre>
 */
public interface Subscription extends AutoCloseable {

    /**
     * {@return the current status of this subscription}
     */
    SubscriptionStatus status();

    /**
     * Returns whether every event that was stored before this call is handled or waits in a parked stream. Unlike
     * {@link SubscriptionStatus#caughtUp}, the result is never older than this call. A feed that stores its progress in
     * a database reads it on each call, so pause between calls. An adapter overrides this method if its {@link #status}
     * does not read the progress on each call.
     *
     * @return whether the subscription has caught up; {@code false} if the feed cannot determine that or cannot read
     *     its progress
     */
    default boolean hasCaughtUp() {
        return status().caughtUp();
    }

    /**
     * Returns the parked streams of this subscription's name, regardless of which instance parked them.
     *
     * @return the streams, at most 1,000; empty if the subscription retries forever and no stream was parked before
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<ParkedStream> parked();

    /**
     * Delivers the events of the parked streams to the handler, in the caller's thread, and unparks each stream once
     * its events have been handled. This includes events that are stored during the call, and the deletion of a stream
     * if the subscription has reached it. A stream that fails again remains parked. Call this method in one instance at
     * a time, because two would deliver the same events concurrently.
     *
     * <p>An interrupt ends the retry after the call in progress. The interrupt flag is then set again, and the streams
     * that were not retried remain parked.
     *
     * @return the number of streams that are no longer parked
     * @throws IllegalStateException if the handler calls this method, or the subscription is closed
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the parked streams cannot be read, or if the
     *     events of some of them cannot be read: those streams remain parked, and the others were retried
     */
    int retryParked();

    /**
     * Stops delivering, waits until the handler has returned, however long it takes, and stores the progress. Does nothing if the
     * subscription is already closed.
     *
     * @throws IllegalStateException if the handler calls this method, because it would wait for itself
     */
    @Override
    void close();

    /**
     * Stops delivering and waits for the handler, up to a timeout. A handler that is still running then continues. If
     * it returns while the process is running, its progress is stored. Otherwise, its events are redelivered.
     *
     * @param timeout the maximum time to wait for the handler
     * @return whether the handler has returned
     * @throws IllegalStateException if the handler calls this method
     */
    boolean close(Duration timeout);
}
