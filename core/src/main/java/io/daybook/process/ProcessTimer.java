package io.daybook.process;

import io.daybook.eventstore.StreamId;
import java.time.Instant;

/**
 * A timer of an instance in a {@link TimerStore}. Contains no payload.
 *
 * @param stream the process stream
 * @param key the key of the timer, 1 to 128 characters; unique among all timers
 * @param due the time at which the timer is due
 */
public record ProcessTimer(StreamId stream, String key, Instant due) {}
