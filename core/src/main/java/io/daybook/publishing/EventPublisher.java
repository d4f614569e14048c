package io.daybook.publishing;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * A publisher of events to a message broker. SPI for broker adapters, called by an {@link EventRelay}.
 *
 * <pre>{@code
 * EventPublisher lines = events -> events.forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 *
 * <p>An implementation:
 * <ul>
 *   <li>returns only after the broker has acknowledged every event, because the relay then counts them as published;
 *   <li>sends the stored data ({@link EventEnvelope#data}) without decoding it, so events that this program cannot read
 *       are also sent;
 *   <li>sends the events of one stream in the given order, and none of them after one that failed; different streams may be sent
 *       concurrently;
 *   <li>sends the deletion of a stream after all events of the stream, if consumers are to be notified of it;
 *   <li>uses the event's id as the message id, the same at each attempt, so that consumers can detect duplicates;
 *   <li>retries transient failures on its own for a few seconds, and then throws {@link EventPublishException} with the
 *       delivery outcome of <em>each</em> event of the call. An event that was transmitted but not acknowledged is
 *       {@code UNKNOWN}, never {@code NOT_SENT}. An event that no retry can deliver is {@code IMPOSSIBLE}, and the
 *       relay can be configured to skip it;
 *   <li>never includes the data of an event or a credential in an error message or a log;
 *   <li>is thread-safe.
 * </ul>
 */
public interface EventPublisher {

    /**
     * Publishes events, and returns when the broker has acknowledged all of them. Events of one stream are sent in the
     * given order: if one cannot be sent, no later event of that stream is sent.
     *
     * @param events 1 or more events; those of each stream are in order
     * @throws EventPublishException if some events were not sent, or if it is unknown whether they were sent; the
     *     exception contains the outcome of each event
     */
    void publish(List<EventEnvelope> events);

    /**
     * Publishes the deletion of a stream, and returns when the broker has acknowledged it. Called at least once, after
     * all events of the stream were published. The message has the id {@link io.daybook.subscription.DeletedStream#id},
     * the same at each attempt, and a sequence number of one more than the version. The default does nothing, so
     * consumers are not notified of the deletion.
     *
     * @param stream the deleted stream
     * @param version the last version of the stream
     * @throws EventPublishException if the message was not sent, or if it is unknown whether it was sent; the relay
     *     publishes it again
     */
    default void publishDeletion(StreamId stream, long version) {}

    /**
     * Returns the reason why events cannot currently be published, if the publisher can detect one without publishing
     * an event. This method may wait a few seconds for the broker's response.
     *
     * @return what is wrong and what to do; empty if no problem is known or the publisher cannot check
     */
    default String unavailableReason() {
        return "";
    }
}
