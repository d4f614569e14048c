package io.daybook.subscription;

/**
 * A feed that delivers stored events to subscribers. SPI for database and broker adapters.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, handler); // called in another thread
 * billing.close(); // when the application stops
 * }</pre>
 *
 * <h2>The contract</h2>
 * The class {@code io.daybook.contract.EventFeedContract} in this module's test jar tests implementations against this
 * contract. {@link DeliveryLoop} implements the part that all feeds share.
 * <ul>
 *   <li>Events of one stream are delivered in the order of their sequence numbers. There is no order between streams.
 *   <li>Each event is delivered at least once. A handled event may be redelivered after a crash or when the work moves
 *       to another instance. The events of one append are delivered in one call, unless a message broker transports
 *       them one by one.
 *   <li>A call receives 1 or more events in an unmodifiable list. The events are decoded lazily
 *       ({@link io.daybook.event.EventEnvelope#stored EventEnvelope.stored}) and include their
 *       {@link io.daybook.event.EventEnvelope#data data}.
 *   <li>Events count as handled once the handler has returned, and progress is stored only then.
 *   <li>If the handler throws anything, the same events are redelivered with exponential backoff, append by append.
 *       Later events of those streams wait until these events are handled. A feed that loses its connection also
 *       retries. During the retries, the status is {@code RETRYING}. If the handler failed, the status names the stream
 *       and the number, type and id of the event.
 *   <li>The deletion of a stream is delivered at least once ({@link EventHandler#deleted}), after all delivered events
 *       of the stream. A failed deletion is retried like a failed event. The deletion of a parked stream waits together
 *       with the stream's events.
 *   <li>With {@link FailurePolicy#parkStreamAfter}, a stream whose events fail repeatedly is parked: no instance
 *       delivers its later events until {@link Subscription#retryParked} is called. If 20 streams in a row fail without
 *       a success in between, no more streams are parked.
 *   <li>Neither an {@link InterruptedException} thrown by a handler nor an interrupt flag that it leaves set ends a
 *       subscription. Only {@link Subscription#close} does.
 *   <li>Subscriptions with the same name, in one process or several, share the work. Each event is handled by one of
 *       them, or by several if one fails or closes while it handles the event. A subscription without work is
 *       {@code WAITING}. Subscriptions with different names each receive every event.
 *   <li>Closing waits for the call in progress and stores its progress. Nothing is delivered afterward. If the handler
 *       itself closes the subscription, closing fails with an {@link IllegalStateException}, because it would wait for
 *       itself.
 *   <li>{@link Subscription#hasCaughtUp} returns {@code true} only if every event that was stored before the call is
 *       handled or parked.
 *   <li>An event that the feed cannot read stops the feed, appears in the status, and never counts as handled.
 *   <li>Implementations are thread-safe. A subscription has one or more dedicated threads, started by {@link #subscribe subscribe}. A
 *       handler that blocks or fails never delays another subscription.
 * </ul>
 */
public interface EventFeed {

    /** The position where a subscription with a new name starts. */
    enum StartPosition {
        /** Start with the first stored event. */
        BEGINNING,
        /** Start with the first event that is stored after the subscription starts. */
        NOW
    }

    /**
     * Starts delivering events to a handler. A subscription with a known name resumes from its stored progress.
     *
     * @param name the name under which progress is stored, 1 to 128 characters
     * @param options the start position and the failure policy
     * @param handler handles the events
     * @return the subscription; close it to stop the delivery
     * @throws IllegalArgumentException if the name is invalid, or the feed does not support an option
     */
    Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler);

    /**
     * Starts delivering events to a handler, and retries forever if the handler fails.
     *
     * @param name the name under which progress is stored, 1 to 128 characters
     * @param start the start position if the name is new
     * @param handler handles the events
     * @return the subscription; close it to stop the delivery
     * @throws IllegalArgumentException if the name is invalid
     */
    default Subscription subscribe(String name, StartPosition start, EventHandler handler) {
        return subscribe(name, SubscriptionOptions.from(start), handler);
    }

    /**
     * Forgets a subscription name by deleting its progress and its parked streams. A later subscription with that name
     * starts from scratch. Does nothing if the name is unknown.
     *
     * @param name the name of the subscription
     * @throws IllegalArgumentException if the name is invalid
     * @throws IllegalStateException if a subscription with that name is active; close it first
     * @throws UnsupportedOperationException if the broker stores the progress; the message states what to do instead
     */
    void forget(String name);
}
