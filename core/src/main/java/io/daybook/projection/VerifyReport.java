package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * The result of {@link Projector#verify}.
 *
 * @param checked the number of streams that were checked
 * @param behind the number of streams whose document lacks events or the deletion, or does not exist; includes streams
 *     that are not projected yet
 * @param ahead the number of documents that show events that the event store does not have, such as events lost in a
 *     failover
 * @param different the number of documents whose content or index values differ from a fresh fold of the same events
 * @param parked the number of streams that are behind because they are parked
 * @param repaired the number of documents that were replaced
 * @param findings the first findings, at most {@value #MAX_FINDINGS}; unmodifiable
 */
public record VerifyReport(
        long checked, long behind, long ahead, long different, long parked, long repaired, List<Finding> findings) {

    /** The maximum number of findings in a report. */
    public static final int MAX_FINDINGS = 50;

    /** The kinds of problems that a document can have. */
    public enum Problem {
        /** The document lacks events or the deletion of its stream. */
        BEHIND,
        /** The document reflects an event that the event store does not have. */
        AHEAD,
        /** The content or the index values of the document do not match its events. */
        DIFFERENT
    }

    /**
     * A document that is wrong or behind.
     *
     * @param problem the kind of problem
     * @param stream the stream of the document
     * @param position the sequence number of the last event that the document shows, 0 if there is none
     * @param version the version of the stream in the event store, 0 if it does not exist or was deleted
     */
    public record Finding(Problem problem, StreamId stream, long position, long version) {}

    /**
     * Copies the findings.
     *
     * @param checked the number of streams that were checked
     * @param behind the number of streams that are behind
     * @param ahead the number of documents that are ahead
     * @param different the number of documents that differ
     * @param parked the number of streams that are parked
     * @param repaired the number of documents that were replaced
     * @param findings the first findings
     */
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    /**
     * {@return whether there are no findings other than parked streams}
     */
    public boolean isClean() {
        return behind + ahead + different == 0;
    }
}
