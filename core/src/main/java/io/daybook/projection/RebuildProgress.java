package io.daybook.projection;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of a rebuild by a {@link Projector}. Part of its {@link ProjectorStatus}.
 *
 * @param events the events that were read
 * @param documents the documents that were written
 * @param eventsPerSecond the events read per second since this instance took up the rebuild
 * @param remaining about how long the scan of the events still takes; empty if that is not known
 */
public record RebuildProgress(long events, long documents, double eventsPerSecond, Optional<Duration> remaining) {}
