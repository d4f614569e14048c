package io.daybook.subscription;

import java.util.List;

/**
 * Parks streams for a feed that does not keep them in a {@link ParkedStreamStore}, such as one that moves their messages to the dead-letter
 * queue of a broker. SPI, given to {@link DeliveryLoop}. The feed passes over the events of parked streams itself. Safe for use by many
 * threads.
 */
public interface StreamParking {

    /**
     * Parks a stream durably. Called by the thread that delivers the stream's events, before it passes over any of them.
     *
     * @param stream the stream, and the first event that was not handled
     * @return whether it is parked; not if too many streams are
     * @throws RuntimeException if that is not known; the event is delivered and parked again
     */
    boolean park(ParkedStream stream);

    /**
     * {@return the parked streams, at most 1,000}
     *
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<ParkedStream> parked();

    /**
     * Delivers the events of all parked streams in the caller's thread, and unparks each stream when its events are handled. Called once at a
     * time for each loop.
     *
     * @param loop calls the handler, see {@link DeliveryLoop#call}; tells whether to stop
     * @return how many streams are not parked any more
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the parked streams or their events cannot be read
     */
    int retry(DeliveryLoop loop);
}
