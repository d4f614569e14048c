package io.daybook.readmodel;

import java.time.Instant;

/**
 * The reason why a document no longer follows its stream. It contains no payload. See {@link ReadModelCollection}.
 *
 * @param sequenceNumber the sequence number of the first event that could not be projected
 * @param eventId the id of that event
 * @param error the class of the exception, or the limit that was exceeded
 * @param since the time at which the document was parked
 * @param attempts the number of attempts to project the event
 */
public record Parking(long sequenceNumber, String eventId, String error, Instant since, int attempts) {}
