package io.daybook.readmodel;

import java.time.Instant;

/**
 * The details of a parked document, which no longer follows its stream because an event could not be projected.
 * Contains no event payload. See {@link ReadModelCollection}.
 *
 * @param sequenceNumber the sequence number of the first event that could not be projected
 * @param eventId the id of that event
 * @param error the class name of the exception
 * @param since the time at which the document was parked
 * @param attempts the number of attempts to project the event
 */
public record Parking(long sequenceNumber, String eventId, String error, Instant since, int attempts) {}
