package io.daybook.subscription;

import io.daybook.eventstore.StreamId;
import java.time.Instant;

/**
 * A stream that a subscription has parked because its handler failed on one of the stream's events. Contains no payload. See
 * {@link Subscription}.
 *
 * @param stream the stream
 * @param number the sequence number of the first event that was not handled
 * @param eventId the id of that event
 * @param error the class of the exception
 * @param since when the stream was parked
 * @param attempts how often the event was delivered
 * @param lastNumber the sequence number of the last waiting event that the subscription has reached; at least {@code number}
 */
public record ParkedStream(
        StreamId stream, long number, String eventId, String error, Instant since, int attempts, long lastNumber) {

    /**
     * Checks the numbers.
     *
     * @param stream the stream
     * @param number the sequence number of the first event that was not handled
     * @param eventId the id of that event
     * @param error the class of the exception
     * @param since when the stream was parked
     * @param attempts how often the event was delivered
     * @param lastNumber the sequence number of the last waiting event
     * @throws IllegalArgumentException if {@code lastNumber} is less than {@code number}
     */
    public ParkedStream {
        if (lastNumber < number) {
            throw new IllegalArgumentException(
                    "stream " + stream + " is parked at " + number + ", and its last event is " + lastNumber);
        }
    }

    ParkedStream waitingUpTo(long number) {
        return new ParkedStream(stream, this.number, eventId, error, since, attempts, Math.max(lastNumber, number));
    }
}
