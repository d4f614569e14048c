package io.daybook.projection;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one projection of a {@link Projector} at a point in time.
 *
 * @param name the name of the projection
 * @param version the version of the projection
 * @param state the state of the version
 * @param subscription the status of the subscription to the feed; {@code WAITING} until the projector follows it
 * @param rebuild the progress of the rebuild, if this instance is running one
 * @param counts the counts of the work that this instance has done for the projection since it was started
 */
public record ProjectorStatus(
        String name,
        int version,
        ReadModelState state,
        SubscriptionStatus subscription,
        Optional<RebuildProgress> rebuild,
        Counts counts) {

    /**
     * Counts of the work that this instance has done for a projection since the instance was started.
     *
     * @param folded the number of events that were folded, including those folded again after a conflict
     * @param written the number of documents that were written
     * @param conflicts the number of writes that another instance preceded, or whose outcome was unknown
     * @param gaps the number of times that missing events were read from the event store
     * @param parked the number of streams that were parked
     */
    public record Counts(long folded, long written, long conflicts, long gaps, long parked) {}
}
