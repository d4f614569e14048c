package io.daybook.subscription;

/**
 * Hands on what is stored: the SPI that a database adapter or a message broker implements. What it promises is checked by
 * {@code EventFeedContract}, which is shipped in the test jar of this module.
 *
 * <ul>
 *   <li>Events of one stream come in the order of their sequence numbers. Between streams there is no order.
 *   <li>Each event comes at least once; one that was handled may come again after a crash or when the work moves to another
 *       instance. The events of one append come in one call, unless a message broker that carried them one by one says
 *       otherwise.
 *   <li>A handler that throws gets the same events again after a pause that grows; nothing of those streams is handed on
 *       before.
 *   <li>Several subscriptions with one name, in one process or several, share the work: each event is handled by one of
 *       them, unless one fails or leaves while it handles it.
 * </ul>
 *
 * Implementations are safe for use by many threads. A subscription has a thread of its own, started by
 * {@link #subscribe}.
 */
public interface EventFeed {

    /** Where a subscription starts whose name was never seen. */
    enum StartPosition {
        /** With the first event that is stored. */
        BEGINNING,
        /** With the first event that is stored after the subscription. */
        NOW
    }

    /**
     * Starts to hand events to a handler. A name that was seen before goes on where it was.
     *
     * @param name names the progress that is kept, 1 to 128 characters
     * @param start where to start if the name was never seen
     * @param handler what is done with the events
     * @return the subscription, to be closed when no more events are wanted
     * @throws IllegalArgumentException if the name is invalid
     */
    Subscription subscribe(String name, StartPosition start, EventHandler handler);
}
