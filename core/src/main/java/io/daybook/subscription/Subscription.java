package io.daybook.subscription;

import java.time.Duration;
import java.util.List;

/**
 * A handler that follows a feed until it is closed; returned by {@link EventFeed#subscribe EventFeed.subscribe}. Safe for use by many
 * threads.
 *
 * <pre>{@code
 * Subscription subscription = feed.subscribe("billing", StartPosition.BEGINNING, handler);
 * for (ParkedStream parked : subscription.parked()) {
 *     System.out.println(parked.stream() + " waits at " + parked.number() + ": " + parked.error());
 * }
 * int unparked = subscription.retryParked(); // after the handler was fixed
 * }</pre>
 */
public interface Subscription extends AutoCloseable {

    /**
     * {@return its state as of now}
     */
    SubscriptionStatus status();

    /**
     * Returns the parked streams of this subscription's name, whichever instance has parked them.
     *
     * @return the streams, at most 1,000; empty if the subscription retries forever and no stream was parked before
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<ParkedStream> parked();

    /**
     * Delivers the events of the parked streams to the handler, in the caller's thread, and unparks each stream when its events are handled.
     * Events that were stored meanwhile are included. A stream that fails again stays parked. Call it in one instance at a time: two would
     * deliver the same events side by side.
     *
     * @return how many streams are not parked any more
     * @throws IllegalStateException if the handler itself calls it, or the subscription is closed
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the parked streams or their events cannot be read
     */
    int retryParked();

    /**
     * Stops delivering, waits until the handler has returned, however long it takes, and keeps the progress. Does nothing if it is closed
     * already.
     *
     * @throws IllegalStateException if the handler itself calls it, since it would wait for itself
     */
    @Override
    void close();

    /**
     * Stops delivering and waits for the handler, but not longer than a timeout. A handler that still runs afterwards is left alone: its
     * progress is kept if it returns while the program lives, else its events are redelivered.
     *
     * @param timeout how long to wait for the handler at most
     * @return whether the handler has returned
     * @throws IllegalStateException if the handler itself calls it
     */
    boolean close(Duration timeout);
}
