package io.daybook.snapshot;

/**
 * A policy that determines when snapshots are taken. A repository evaluates the policy after each commit, with the
 * versions before and after it. Implementations are thread-safe and do not block.
 *
 * <pre>{@code
 * SnapshotPolicy often = SnapshotPolicy.everyEvents(100);
 * SnapshotPolicy onceAfterImport = (versionBefore, versionAfter) -> versionBefore == 0 && versionAfter > 50;
 * }</pre>
 */
@FunctionalInterface
public interface SnapshotPolicy {

    /**
     * Returns whether to take a snapshot now.
     *
     * @param versionBefore the version before the commit, 0 for a new stream
     * @param versionAfter the version after the commit
     * @return whether a snapshot is due at {@code versionAfter}
     */
    boolean isDue(long versionBefore, long versionAfter);

    /**
     * {@return a policy that never takes a snapshot}
     */
    static SnapshotPolicy never() {
        return (versionBefore, versionAfter) -> false;
    }

    /**
     * Returns a policy that takes a snapshot whenever a commit reaches or passes a multiple of the given number of
     * events.
     *
     * @param events the number of events between two snapshots, 1 or more
     * @return the policy
     * @throws IllegalArgumentException if the number is less than 1
     */
    static SnapshotPolicy everyEvents(int events) {
        if (events < 1) {
            throw new IllegalArgumentException(
                    "the number of events between snapshots is " + events + ": use 1 or more, or never()");
        }
        return (versionBefore, versionAfter) -> versionBefore / events != versionAfter / events;
    }
}
