package io.daybook.projection;

import java.util.concurrent.atomic.LongAdder;

/** The counts of the work that one projection has done since it was started. */
final class ProjectionCounters {

    private final LongAdder folded = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder parked = new LongAdder();

    void folded() {
        folded.increment();
    }

    void written(int documents) {
        written.add(documents);
    }

    void conflict() {
        conflicts.increment();
    }

    void gap() {
        gaps.increment();
    }

    void parked() {
        parked.increment();
    }

    ProjectorStatus.Counts counts() {
        return new ProjectorStatus.Counts(folded.sum(), written.sum(), conflicts.sum(), gaps.sum(), parked.sum());
    }
}
