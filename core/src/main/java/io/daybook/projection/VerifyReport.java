package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import java.util.List;

/**
 * The result of {@link Projector#verify}.
 *
 * @param checked the number of streams that were checked
 * @param behind the number of streams whose document does not exist, or lacks events or the stream's deletion. This
 *     includes streams that are not projected yet. A contribution is behind if the document of its stream already shows
 *     later events
 * @param ahead the number of documents and contributions that show events that the event store does not have, such as
 *     events lost in a failover
 * @param different the number of documents and contributions whose content or index values differ from a fresh fold of
 *     the same events
 * @param parked the number of streams that are behind because they are parked; these do not count in {@code behind}
 * @param repaired the number of documents, contributions and summaries that were replaced
 * @param findings the first findings, at most {@value #MAX_FINDINGS}; unmodifiable
 * @param summaries the comparison of the summaries of groups with their contributions
 */
public record VerifyReport(
        long checked,
        long behind,
        long ahead,
        long different,
        long parked,
        long repaired,
        List<Finding> findings,
        Summaries summaries) {

    /** The maximum number of findings in a report. */
    public static final int MAX_FINDINGS = 50;

    /** The kinds of problems that a document can have. */
    public enum Problem {
        /** The document does not exist, or lacks events or the deletion of its stream. */
        BEHIND,
        /** The document reflects an event that the event store does not have. */
        AHEAD,
        /** The content or the index values of the document do not match its events. */
        DIFFERENT
    }

    /**
     * A document, or a contribution to a group, that is wrong or behind.
     *
     * @param problem the kind of problem
     * @param stream the stream of the document
     * @param position the sequence number of the last event that the document shows, 0 if there is none
     * @param version the version of the stream in the event store, 0 if the stream does not exist or was deleted; for a
     *     contribution that is behind, the sequence number that the stream's document shows
     */
    public record Finding(Problem problem, StreamId stream, long position, long version) {}

    /**
     * The comparison of the summaries of groups with the sums of their contributions. All numbers are 0 for a
     * {@link Projection}.
     *
     * @param checked the number of summaries that were checked; each shard of a group has one
     * @param different the number of summaries that differ from the sum of their contributions or do not exist
     * @param changing the number of summaries that were not compared, because new events kept changing them
     * @param groups the keys of the first groups whose summaries differ, at most {@value #MAX_FINDINGS}; unmodifiable
     */
    public record Summaries(long checked, long different, long changing, List<String> groups) {

        /**
         * Copies the keys.
         *
         * @param checked the number of summaries that were checked
         * @param different the number of summaries that differ
         * @param changing the number of summaries that were not compared
         * @param groups the keys of the first groups
         */
        public Summaries {
            groups = List.copyOf(groups);
        }
    }

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
     * @param summaries the comparison of the summaries
     */
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    /**
     * {@return whether no document, contribution or summary is behind, ahead or different; parked streams do not count}
     */
    public boolean isClean() {
        return behind + ahead + different + summaries.different() == 0;
    }
}
