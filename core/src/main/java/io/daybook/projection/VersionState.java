package io.daybook.projection;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The stored state of one version of a projection.
 *
 * @param incarnation identifies the contents of the collection of documents; changes when the collection is emptied
 * @param pinned whether the position from which the feed is followed was recorded, so that the scan may begin
 * @param ranges the progress of the scan by range; empty before it has begun
 * @param events the events that were scanned
 * @param documents the documents that the scan has written
 * @param owner the instance that builds the version; empty if any instance may begin
 * @param seen the time at which the owner last wrote this state
 */
record VersionState(
        ReadModelState state,
        String incarnation,
        Fingerprint fingerprint,
        boolean pinned,
        Map<String, RangeProgress> ranges,
        long events,
        long documents,
        String owner,
        Instant seen) {

    /** Returns the position in a range from which a scan continues. */
    record RangeProgress(String after, boolean done) {}

    VersionState {
        ranges = new LinkedHashMap<>(ranges);
    }

    /** A version without documents. */
    static VersionState empty(String incarnation, Fingerprint fingerprint) {
        return new VersionState(
                ReadModelState.BUILDING, incarnation, fingerprint, false, Map.of(), 0, 0, "", Instant.EPOCH);
    }

    VersionState with(ReadModelState next) {
        return new VersionState(next, incarnation, fingerprint, true, ranges, events, documents, "", seen);
    }

    VersionState with(Fingerprint next) {
        return new VersionState(state, incarnation, next, pinned, ranges, events, documents, owner, seen);
    }

    VersionState ownedBy(String next, Instant now) {
        return new VersionState(state, incarnation, fingerprint, pinned, ranges, events, documents, next, now);
    }

    VersionState pinned(Map<String, RangeProgress> begin) {
        return new VersionState(state, incarnation, fingerprint, true, begin, events, documents, owner, seen);
    }

    VersionState scanned(Map<String, RangeProgress> progress, long readEvents, long written, Instant now) {
        return new VersionState(state, incarnation, fingerprint, pinned, progress, readEvents, written, owner, now);
    }

    boolean isScanned() {
        return pinned && ranges.values().stream().allMatch(RangeProgress::done);
    }
}
