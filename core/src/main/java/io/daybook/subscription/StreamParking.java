package io.daybook.subscription;

import java.util.List;

/**
 * Parks streams for a feed that does not use a {@link ParkedStreamStore}, such as one that moves their messages to a broker's dead-letter
 * queue. SPI, passed to {@link DeliveryLoop}. The feed itself skips the events of parked streams. Thread-safe.
 */
public interface StreamParking {

    /**
     * Parks a stream durably. Called by the thread that delivers the stream's events, before it skips any of them.
     *
     * @param stream the stream, and the first event that was not handled
     * @return whether the stream is parked; false if too many streams are
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the outcome is unknown: only parking is tried again until it is known
     * @throws RuntimeException if the stream is not parked; the event is delivered and parked again
     */
    boolean park(ParkedStream stream);

    /**
     * {@return the parked streams, at most 1,000}
     *
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<ParkedStream> parked();

    /**
     * Delivers the events of all parked streams in the caller's thread, and unparks each stream when its events are handled. Each loop
     * makes only one call at a time. Between the calls it asks {@link DeliveryLoop#isRetryCanceled} whether to stop.
     *
     * @param loop calls the handler, see {@link DeliveryLoop#call(List)} and {@link DeliveryLoop#call(DeletedStream)}
     * @return how many streams are no longer parked
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the parked streams or their events cannot be read
     */
    int retry(DeliveryLoop loop);
}
