package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * Does something with events; given to {@link EventFeed#subscribe EventFeed.subscribe}. One call is made at a time for each stream; a feed
 * may make calls for different streams side by side, so an implementation is safe for use by many threads. It is called again with the same
 * events after a failure or a crash, so it must bear repetition: {@link IdempotentEventHandler} sees to that.
 *
 * <pre>{@code
 * EventHandler handler = events -> {
 *     for (EventEnvelope event : events) {
 *         if (event.event() instanceof OrderShipped shipped) {
 *             System.out.println(shipped.orderId() + " is on its way");
 *         }
 *     }
 * };
 * }</pre>
 */
@FunctionalInterface
public interface EventHandler {

    /**
     * Handles events. They count as handled when this returns.
     *
     * @param events 1 or more, in order per stream; unmodifiable
     * @throws Exception if they could not be handled; they are redelivered
     */
    void handle(List<EventEnvelope> events) throws Exception;

    /**
     * Learns that a stream was deleted. Called at least once, after all events of the stream that are delivered at all; no event of it
     * follows. Does nothing unless it is overridden. The feed in memory
     * delivers deletions; the feeds of Cosmos DB and Service Bus do not yet.
     *
     * @param stream the stream
     * @param version the version that the stream had
     * @throws Exception if it could not be handled; it is called again
     */
    default void deleted(StreamId stream, long version) throws Exception {}
}
