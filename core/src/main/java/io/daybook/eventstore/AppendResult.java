package io.daybook.eventstore;

/**
 * Where the events of an append stand; returned by {@link EventStore#append EventStore.append}.
 *
 * @param fromSequenceNumber the sequence number of the first event
 * @param toSequenceNumber the sequence number of the last event; the version of the stream after the append
 * @param duplicate whether the append's command had been handled before, so that nothing was appended now and the numbers are those of
 *     the first time
 */
public record AppendResult(long fromSequenceNumber, long toSequenceNumber, boolean duplicate) {}
