package io.daybook.publishing;

import io.daybook.event.EventEnvelope;
import java.util.List;

/**
 * Hands events to a message broker: the SPI that an adapter implements. An {@link EventRelay} is who calls it.
 *
 * <pre>{@code
 * EventPublisher lines = events -> events.forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 *
 * <p>An implementation
 * <ul>
 *   <li>returns once the broker has acknowledged every event, and not before: the relay then counts them as published;
 *   <li>sends what is stored ({@link EventEnvelope#data}) and does not decode it: an event that this program cannot read goes out all the
 *       same;
 *   <li>sends the events of one stream in the order given, none of them after one that failed; streams may go out side by side;
 *   <li>gives a message the id of its event, the same at each attempt, so that a repetition can be told;
 *   <li>tries again by itself what may pass, for some seconds; then throws {@link EventPublishException} with what is known about
 *       <em>each</em> event of the call. One that was transmitted and not acknowledged is {@code UNKNOWN}, never {@code NOT_SENT}; one that
 *       no repetition can bring through is {@code IMPOSSIBLE}, which the relay's user may skip;
 *   <li>never puts the data of an event or a credential into a message or a log;
 *   <li>is safe for use by many threads.
 * </ul>
 */
public interface EventPublisher {

    /**
     * Publishes events, and returns when the broker has acknowledged all of them. Events of one stream are sent in the
     * order given: when one cannot be sent, none of the later ones of that stream is.
     *
     * @param events 1 or more, in order per stream
     * @throws EventPublishException if not all of them are known to be sent; it says for each what is known
     */
    void publish(List<EventEnvelope> events);

    /**
     * Tells what would keep events from being published now, as far as the broker can be asked without publishing one. It may
     * wait some seconds for the broker's answer.
     *
     * @return what is wrong and what to do, empty if nothing is known to be, which is all that a publisher says that cannot ask
     */
    default String unavailableReason() {
        return "";
    }
}
