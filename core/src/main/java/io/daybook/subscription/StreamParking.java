package io.daybook.subscription;

import java.util.List;

/**
 * A way of parking streams for a feed that does not use a {@link ParkedStreamStore}, such as a feed that moves the
 * messages of parked streams to a broker's dead-letter queue. SPI, passed to {@link DeliveryLoop}. The feed itself
 * skips the events of parked streams. Thread-safe.
 */
public interface StreamParking {

    /**
     * Parks a stream durably. The thread that delivers the stream's events calls this method before it skips any of
     * them.
     *
     * @param stream the stream, and the first event that was not handled
     * @return whether the stream is parked; false if too many streams are already parked
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the outcome is unknown; the loop then retries
     *     only the parking until the outcome is known
     * @throws RuntimeException if the stream is not parked; the event is then delivered again before the next attempt
     *     to park
     */
    boolean park(ParkedStream stream);

    /**
     * {@return the parked streams, at most 1,000}
     *
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<ParkedStream> parked();

    /**
     * Delivers the events of all parked streams in the caller's thread, and unparks each stream once its events have
     * been handled. The implementation makes only one call at a time, and checks {@link DeliveryLoop#isRetryCanceled}
     * between calls.
     *
     * @param loop calls the handler with {@link DeliveryLoop#call(List)} and {@link DeliveryLoop#call(DeletedStream)}
     * @return the number of streams that are no longer parked
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the parked streams or their events cannot be read
     */
    int retry(DeliveryLoop loop);
}
