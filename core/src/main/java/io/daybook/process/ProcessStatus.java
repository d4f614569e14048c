package io.daybook.process;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one process or reaction in a {@link ProcessRunner} at a point in time.
 *
 * @param name the name of the process or reaction
 * @param inputs the status of the subscription that delivers the events
 * @param recovery the status of the subscription that completes interrupted work and deliberately lags behind; empty
 *     for a reaction
 * @param counts the counts of the work that this runner has done
 */
public record ProcessStatus(
        String name, SubscriptionStatus inputs, Optional<SubscriptionStatus> recovery, ProcessCounts counts) {}
