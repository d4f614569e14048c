package io.daybook.verification;

/**
 * A fault that an {@link EventVerifier} found in a store.
 *
 * @param kind the kind of fault
 * @param stream the stream, such as {@code Order-42}
 * @param sequenceNumber the number of the event; 0 if the finding is about the stream or another document
 * @param problem what is wrong and what to do; contains no event data
 */
public record Finding(Kind kind, String stream, long sequenceNumber, String problem) {

    /** The kinds of faults. */
    public enum Kind {
        /** A stream has no event for some of its sequence numbers. A read fails if its range includes such a number and a later event. */
        GAP,
        /** The program does not know the type or version of an event. */
        UNKNOWN_TYPE,
        /** The data of an event does not match its type. */
        UNDECODABLE_EVENT,
        /** A stream has reached half of the size that the database allows. */
        STREAM_NEAR_LIMIT,
        /** An incomplete deletion of a stream left events behind. */
        INCOMPLETE_DELETION,
        /** A document in the container of events was not written by Daybook. */
        FOREIGN_DOCUMENT,
        /** The record of a handled command names events that are not stored. */
        ORPHANED_COMMAND,
        /** A snapshot names an event that is not stored. */
        ORPHANED_SNAPSHOT
    }

    /**
     * {@return the finding as one line, such as {@code GAP Order-42 3: …}}
     */
    @Override
    public String toString() {
        return kind + " " + stream + (sequenceNumber == 0 ? "" : " " + sequenceNumber) + ": " + problem;
    }
}
