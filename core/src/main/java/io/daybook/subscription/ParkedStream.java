package io.daybook.subscription;

import io.daybook.eventstore.StreamId;
import java.time.Instant;

/**
 * A stream that a subscription has parked because its handler failed on one of the stream's events, or on its deletion.
 * This record contains no payload. See {@link Subscription}.
 *
 * @param stream the stream
 * @param sequenceNumber the sequence number of the first event that was not handled
 * @param eventId the id of that event
 * @param error the class name of the exception
 * @param since the time at which the stream was parked
 * @param attempts the number of times that the event was delivered without the other events of its page
 * @param lastSequenceNumber the sequence number of the last waiting event that the subscription has reached; at least
 *     {@code sequenceNumber}
 * @param deleted whether the subscription has reached the deletion of the stream; if so, {@code lastSequenceNumber} is
 *     the number of the deletion
 */
public record ParkedStream(
        StreamId stream,
        long sequenceNumber,
        String eventId,
        String error,
        Instant since,
        int attempts,
        long lastSequenceNumber,
        boolean deleted) {

    /**
     * Checks the numbers.
     *
     * @param stream the stream
     * @param sequenceNumber the sequence number of the first event that was not handled
     * @param eventId the id of that event
     * @param error the class name of the exception
     * @param since the time at which the stream was parked
     * @param attempts the number of times that the event was delivered without the other events of its page
     * @param lastSequenceNumber the sequence number of the last waiting event
     * @param deleted whether the subscription has reached the deletion of the stream
     * @throws IllegalArgumentException if {@code lastSequenceNumber} is less than {@code sequenceNumber}
     */
    public ParkedStream {
        if (lastSequenceNumber < sequenceNumber) {
            throw new IllegalArgumentException("stream " + stream + " is parked at " + sequenceNumber
                    + ", but its last waiting event is " + lastSequenceNumber + ": use " + sequenceNumber + " or more");
        }
    }

    /**
     * Returns a copy with one more waiting item. A deletion is the last item of a stream, so anything that arrives
     * after it is a redelivery.
     */
    ParkedStream waitingUpTo(long last, boolean isDeletion) {
        return new ParkedStream(
                stream,
                sequenceNumber,
                eventId,
                error,
                since,
                attempts,
                Math.max(lastSequenceNumber, last),
                deleted || isDeletion);
    }

    /** Returns a copy that reports a retry that failed on an item. */
    ParkedStream failedAgain(DeliveryItem item, Throwable failure) {
        return new ParkedStream(
                stream,
                item.number(),
                item.id(),
                failure.getClass().getName(),
                since,
                item.number() == sequenceNumber ? attempts + 1 : 1,
                Math.max(item.lastNumber(), lastSequenceNumber),
                deleted);
    }
}
