package io.daybook.projection;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of a rebuild by a {@link Projector}, as part of a {@link ProjectorStatus}.
 *
 * @param events the number of events read so far
 * @param documents the number of documents written so far
 * @param eventsPerSecond the number of events read per second since this instance took over the rebuild
 * @param remaining the estimated remaining time of the scan; empty if unknown
 */
public record RebuildProgress(long events, long documents, double eventsPerSecond, Optional<Duration> remaining) {}
