package io.daybook.subscription;

/**
 * Hands on what is stored: the SPI that a database adapter or a message broker implements.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler); // called in another thread
 * billing.close(); // when the application stops
 * }</pre>
 *
 * <h2>The contract</h2>
 * It is checked by {@code EventFeedContract} in the package {@code io.daybook.contract} of this module's test jar.
 * <ul>
 *   <li>Events of one stream come in the order of their sequence numbers. Between streams there is no order.
 *   <li>Each event comes at least once; one that was handled may come again after a crash or when the work moves to another instance. The
 *       events of one append come in one call, unless a message broker that carried them one by one says otherwise.
 *   <li>A call has 1 or more events in a list that cannot be altered, decoded late
 *       ({@link io.daybook.event.EventEnvelope#stored EventEnvelope.stored}) and with their
 *       {@link io.daybook.event.EventEnvelope#data data}.
 *   <li>Events count as handled when the handler has returned, and progress is kept only then.
 *   <li>A handler that throws, whatever it throws, gets the same events again after a pause that grows; nothing of those streams is handed
 *       on before. It is the same when the feed itself is cut off. Meanwhile the status is {@code RETRYING} and names the failure.
 *   <li>Neither an {@link InterruptedException} of a handler nor an interrupt flag that it left behind ends a subscription; only
 *       {@link Subscription#close} does.
 *   <li>Several subscriptions with one name, in one process or several, share the work: each event is handled by one of them, unless one
 *       fails or leaves while it handles it. Those of different names get every event each.
 *   <li>Closing waits for the call that is under way, keeps its progress, and hands nothing on afterwards. Called by the handler itself it
 *       fails with an {@link IllegalStateException}, since it would wait for itself.
 *   <li>Implementations are safe for use by many threads. A subscription has one or more threads of its own, started by
 *       {@link #subscribe subscribe}.
 * </ul>
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
