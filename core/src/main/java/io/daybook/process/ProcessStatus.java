package io.daybook.process;

import io.daybook.subscription.SubscriptionStatus;
import java.util.Optional;

/**
 * The state of one process or reaction in a {@link ProcessRunner} at a point in time.
 *
 * @param name the name of the process or reaction
 * @param inputs the subscription that delivers its events
 * @param recovery the subscription that completes the work that a crash interrupted, and deliberately lags; empty for a reaction
 * @param counts what it has done in this program
 */
public record ProcessStatus(
        String name, SubscriptionStatus inputs, Optional<SubscriptionStatus> recovery, ProcessCounts counts) {}
