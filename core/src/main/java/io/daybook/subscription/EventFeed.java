package io.daybook.subscription;

/**
 * Delivers stored events to subscribers. SPI for database and broker adapters.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler); // called in another thread
 * billing.close(); // when the application stops
 * }</pre>
 *
 * <h2>The contract</h2>
 * It is checked by {@code EventFeedContract} in the package {@code io.daybook.contract} of this module's test jar. {@link DeliveryLoop}
 * implements the part that all feeds share.
 * <ul>
 *   <li>Events of one stream are delivered in the order of their sequence numbers. Between streams there is no order.
 *   <li>Each event is delivered at least once; one that was handled may be redelivered after a crash or when the work moves to another
 *       instance. The events of one append are delivered in one call, unless a message broker that carried them one by one says otherwise.
 *   <li>A call has 1 or more events in an unmodifiable list, decoded late
 *       ({@link io.daybook.event.EventEnvelope#stored EventEnvelope.stored}) and with their
 *       {@link io.daybook.event.EventEnvelope#data data}.
 *   <li>Events count as handled when the handler has returned, and progress is kept only then.
 *   <li>If the handler throws anything, the same events are redelivered with exponential backoff, append by append; nothing later of those
 *       streams is delivered before. The same holds when the feed itself is cut off. Meanwhile the status is {@code RETRYING} and
 *       names the stream, the number, the type and the id of the event.
 *   <li>With {@link FailurePolicy#parkStreamAfter} a stream whose events fail again and again is parked: no instance delivers a later event
 *       of it before {@link Subscription#retryParked}. When 20 streams in a row fail without a success between them, no more are parked.
 *   <li>Neither an {@link InterruptedException} of a handler nor an interrupt flag that it left behind ends a subscription; only
 *       {@link Subscription#close} does.
 *   <li>Several subscriptions with one name, in one process or several, share the work: each event is handled by one of them, unless one
 *       fails or leaves while it handles it. One that has no work is {@code WAITING}. Subscriptions of different names get every event each.
 *   <li>Closing waits for the call that is under way, keeps its progress, and delivers nothing afterwards. Called by the handler itself it
 *       fails with an {@link IllegalStateException}, since it would wait for itself.
 *   <li>What the feed cannot read stops it, shows in the status, and never counts as handled.
 *   <li>Implementations are safe for use by many threads. A subscription has one or more threads of its own, started by
 *       {@link #subscribe subscribe}. A handler that blocks or fails never holds up another subscription.
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
     * Starts to deliver events to a handler. A name that was seen before resumes where it was.
     *
     * @param name names the progress that is kept, 1 to 128 characters
     * @param options where to start, and what to do when the handler fails
     * @param handler handles the events
     * @return the subscription, to be closed when no more events are wanted
     * @throws IllegalArgumentException if the name is invalid, or the feed does not support an option
     */
    Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler);

    /**
     * Starts to deliver events to a handler, and retries forever when it fails.
     *
     * @param name names the progress that is kept, 1 to 128 characters
     * @param start where to start if the name was never seen
     * @param handler handles the events
     * @return the subscription, to be closed when no more events are wanted
     * @throws IllegalArgumentException if the name is invalid
     */
    default Subscription subscribe(String name, StartPosition start, EventHandler handler) {
        return subscribe(name, SubscriptionOptions.from(start), handler);
    }

    /**
     * Forgets a name: deletes its progress and its parked streams. A later subscription of that name starts anew. Does nothing if the name
     * was never seen.
     *
     * @param name the name
     * @throws IllegalArgumentException if the name is invalid
     * @throws IllegalStateException if a subscription of that name is at work: close it first
     * @throws UnsupportedOperationException if the broker keeps the progress; the message says what to do instead
     */
    void forget(String name);
}
