package io.daybook.verification;

/**
 * A fault that a verification found in a store, see {@link EventVerifier}.
 *
 * @param kind the kind of fault
 * @param stream the stream, such as {@code Order-42}
 * @param sequenceNumber the number of the event; 0 if the finding is about the stream or another document
 * @param problem what is wrong and what to do; contains no data of an event
 */
public record Finding(Kind kind, String stream, long sequenceNumber, String problem) {

    /** The kinds of faults. */
    public enum Kind {
        /** Numbers of a stream have no event. Every reader of the stream fails. */
        GAP,
        /** The program does not know the type or version of an event. */
        UNKNOWN_TYPE,
        /** The data of an event does not match its type. */
        UNDECODABLE_EVENT,
        /** A stream has reached half of the size that the database allows. */
        STREAM_NEAR_LIMIT,
        /** A deletion of a stream has left events behind. */
        INCOMPLETE_DELETION,
        /** A document among the events is not one that Daybook wrote. */
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
