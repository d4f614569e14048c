package io.daybook.projection;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one projection of a {@link Projector} at a point in time.
 *
 * @param name the name of the projection
 * @param version the version of the projection
 * @param state the state of the version, such as being built or answering reads
 * @param subscription the status of the subscription to the feed; {@code WAITING} until the projector follows it
 * @param rebuild the progress of the rebuild that this instance runs; empty if it runs none
 * @param counts the counts of the projection's work since it was started
 */
public record ProjectorStatus(
        String name,
        int version,
        ReadModelState state,
        SubscriptionStatus subscription,
        Optional<RebuildProgress> rebuild,
        Counts counts) {

    /**
     * The counts of a projection's work since it was started.
     *
     * @param folded the number of events that were folded, including repetitions after conflicts
     * @param written the number of documents that were written
     * @param conflicts the number of writes that lost to another instance or whose outcome was unknown
     * @param gaps the number of times that missing events were read from the event store
     * @param parked the number of streams that were parked
     */
    public record Counts(long folded, long written, long conflicts, long gaps, long parked) {}
}
