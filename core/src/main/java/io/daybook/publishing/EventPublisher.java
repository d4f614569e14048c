package io.daybook.publishing;

import io.daybook.event.EventEnvelope;
import java.util.List;

/**
 * Hands events to a message broker: the SPI that an adapter implements. Implementations are safe for use by many threads.
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
    default String obstacle() {
        return "";
    }
}
