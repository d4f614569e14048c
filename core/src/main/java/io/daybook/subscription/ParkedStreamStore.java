package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * Keeps the parked streams of one subscription name: one small document that all instances share. SPI for feeds whose subscriptions can
 * park, given to {@link DeliveryLoop}. Safe for use by many threads.
 *
 * <p>{@link #replace} is conditional, so two instances never lose each other's changes. Each page begins with a {@link #read}, so it
 * should cost little while nothing has changed.
 */
public interface ParkedStreamStore {

    /**
     * The parked streams at one moment.
     *
     * @param streams the parked streams
     * @param etag identifies this version of the document; empty if there is none
     */
    record Contents(List<ParkedStream> streams, String etag) {

        /** No document. */
        public static final Contents NONE = new Contents(List.of(), "");

        /**
         * Copies the list.
         *
         * @param streams the parked streams
         * @param etag identifies this version of the document
         */
        public Contents {
            streams = List.copyOf(streams);
        }
    }

    /**
     * Reads the document.
     *
     * @param known what was read last; returned as it is if nothing has changed
     * @return what is stored now, {@link Contents#NONE} if there is nothing
     * @throws io.daybook.eventstore.EventStoreUnavailableException if it cannot be read
     */
    Contents read(Contents known);

    /**
     * Replaces the document if it has not changed.
     *
     * @param known what was read last
     * @param streams the parked streams from now on, at most 1,000
     * @return whether it was replaced; if not, another instance has changed it
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the outcome is not known
     */
    boolean replace(Contents known, List<ParkedStream> streams);

    /**
     * Reads events of a parked stream.
     *
     * @param stream the stream
     * @param from the sequence number of the first event
     * @param to the sequence number of the last event
     * @return the next events from there on, in order, up to about 1,000; empty if there are none, as when the stream was deleted
     * @throws io.daybook.eventstore.EventStoreUnavailableException if they cannot be read
     */
    List<EventEnvelope> events(StreamId stream, long from, long to);
}
