package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * A handler of events, passed to {@link EventFeed#subscribe EventFeed.subscribe}. A feed makes one call at a time for each stream, but may
 * make calls for different streams concurrently, so implementations must be thread-safe. The same events are redelivered after a failure or
 * a crash, so the handler must be idempotent: see {@link IdempotentEventHandler}.
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
     * Handles events. The events count as handled once this method returns.
     *
     * @param events 1 or more events, in order within each stream; unmodifiable
     * @throws Exception if the events could not be handled; they are redelivered
     */
    void handle(List<EventEnvelope> events) throws Exception;

    /**
     * Handles the deletion of a stream. A feed calls this method at least once, after all delivered events of the
     * stream. A feed that is behind cannot deliver the events that the deletion removed, so the handler never receives
     * them. The default does nothing.
     *
     * @param stream the stream
     * @param version the last version of the stream; on Cosmos DB, it may be greater than the number of the last event
     *     if other writers appended during the deletion
     * @throws Exception if the deletion could not be handled; it is redelivered
     */
    default void deleted(StreamId stream, long version) throws Exception {}
}
