package io.daybook.projection;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of a rebuild by a {@link Projector}. Part of its {@link ProjectorStatus}.
 *
 * @param events the events that were read
 * @param documents the documents that were written
 * @param eventsPerSecond the events read per second since this instance took over the rebuild
 * @param remaining the estimated remaining time of the scan; empty if it is unknown
 */
public record RebuildProgress(long events, long documents, double eventsPerSecond, Optional<Duration> remaining) {}
