package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * A store for the parked streams of one subscription name. They are kept in one small document that all instances
 * share. SPI for feeds whose subscriptions can park streams, passed to {@link DeliveryLoop}. Thread-safe.
 *
 * <p>{@link #replace} is conditional, so two instances never lose each other's changes. The delivery of each page
 * begins with a {@link #read}, which should be cheap if nothing has changed.
 */
public interface ParkedStreamStore {

    /**
     * The parked streams at a point in time.
     *
     * @param streams the parked streams
     * @param etag the version of the document; empty if there is no document
     */
    record Contents(List<ParkedStream> streams, String etag) {

        /** The contents of a store without a document. */
        public static final Contents NONE = new Contents(List.of(), "");

        /**
         * Copies the list.
         *
         * @param streams the parked streams
         * @param etag the version of the document
         */
        public Contents {
            streams = List.copyOf(streams);
        }
    }

    /**
     * Reads the document.
     *
     * @param known the contents that were read last; returned unchanged if the document has not changed
     * @return the stored contents; {@link Contents#NONE} if there is no document
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the document cannot be read
     */
    Contents read(Contents known);

    /**
     * Replaces the document if it has not changed.
     *
     * @param known the contents that were read last
     * @param streams the new parked streams, at most 1,000
     * @return whether the document was replaced; if not, another instance has changed it
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the outcome is unknown
     */
    boolean replace(Contents known, List<ParkedStream> streams);

    /**
     * Reads appends of a parked stream, including the latest ones.
     *
     * @param stream the stream
     * @param from the first sequence number to read; an append begins there
     * @param to the last sequence number to read; an event with this number exists
     * @return the next appends in order, each with all of its events. Together, they contain about as many events as
     *     the feed delivers at a time. Empty only if the appends are not visible yet
     * @throws io.daybook.eventstore.StreamDeletedException if the stream was deleted
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the events cannot be read
     */
    List<List<EventEnvelope>> appends(StreamId stream, long from, long to);
}
