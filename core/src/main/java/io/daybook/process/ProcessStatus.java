package io.daybook.process;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one process or reaction in a {@link ProcessRunner} at a point in time.
 *
 * @param name the name of the process or reaction
 * @param inputs the subscription that delivers its events
 * @param recovery the subscription that completes work interrupted by a crash, and therefore lags on purpose; empty for
 *     a reaction
 * @param counts the counts of its work in this program
 */
public record ProcessStatus(
        String name, SubscriptionStatus inputs, Optional<SubscriptionStatus> recovery, ProcessCounts counts) {}
