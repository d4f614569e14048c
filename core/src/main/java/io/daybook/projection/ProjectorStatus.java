package io.daybook.projection;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one projection of a {@link Projector} at a point in time.
 *
 * @param name the name of the projection
 * @param version its version
 * @param state whether it is being built or answers reads
 * @param subscription its subscription to the feed; {@code WAITING} until it follows
 * @param rebuild the progress of the rebuild that this instance runs; empty if it runs none
 * @param counts the counts of what it has done since its start
 */
public record ProjectorStatus(
        String name,
        int version,
        ReadModelState state,
        SubscriptionStatus subscription,
        Optional<RebuildProgress> rebuild,
        Counts counts) {

    /**
     * The counts of a projection since it was started.
     *
     * @param folded the events that were folded, including repetitions after conflicts
     * @param written the documents that were written
     * @param conflicts the writes that lost to another instance, or whose outcome was unknown
     * @param gaps how often missing events were read from the event store
     * @param parked the streams that were parked
     */
    public record Counts(long folded, long written, long conflicts, long gaps, long parked) {}
}
