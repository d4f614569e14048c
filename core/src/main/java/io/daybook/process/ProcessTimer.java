package io.daybook.process;

import io.daybook.eventstore.StreamId;
import java.time.Instant;

/**
 * A timer of an instance, as a {@link TimerStore} keeps it. Contains ids only.
 *
 * @param stream the process stream
 * @param key identifies the timer, 1 to 128 characters; unique among all timers
 * @param due when it is due
 */
public record ProcessTimer(StreamId stream, String key, Instant due) {}
