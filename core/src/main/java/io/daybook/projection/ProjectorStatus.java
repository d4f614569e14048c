package io.daybook.projection;

import io.daybook.subscription.SubscriptionStatus;

/**
 * The state of one projection of a {@link Projector} at one moment.
 *
 * @param name the name of the projection
 * @param version its version
 * @param subscription how it follows the feed
 * @param counts what it has done since it was started
 */
public record ProjectorStatus(String name, int version, SubscriptionStatus subscription, Counts counts) {

    /**
     * What a projection has done since it was started.
     *
     * @param folded the events that were folded, repetitions after lost races included
     * @param written the documents that were written
     * @param conflicts the writes that another instance was faster than, or whose outcome was not known
     * @param gaps how often missing events were read from the event store
     * @param parked the streams that were parked
     */
    public record Counts(long folded, long written, long conflicts, long gaps, long parked) {}
}
