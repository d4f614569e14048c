package io.daybook.contract;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.IdempotentEventHandler.Effects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Effects that only note which events were applied, in memory: what a consumer's {@link io.daybook.subscription.IdempotentEventHandler}
 * has for its effects in the tests of a feed. Thread-safe.
 */
public final class AppliedEvents implements Effects {

    private final Map<StreamId, List<Long>> numbers = new HashMap<>();

    /** Creates effects that have seen nothing. */
    public AppliedEvents() {}

    /**
     * {@return the sequence numbers of the events of a stream, as they were applied}
     *
     * @param stream the stream
     */
    public synchronized List<Long> of(StreamId stream) {
        return List.copyOf(numbers.getOrDefault(stream, List.of()));
    }

    /**
     * {@return how many events were applied}
     */
    public synchronized int count() {
        return numbers.values().stream().mapToInt(List::size).sum();
    }

    @Override
    public synchronized long lastSequenceNumber(StreamId stream) {
        return last(numbers.getOrDefault(stream, List.of()));
    }

    @Override
    public synchronized void apply(StreamId stream, long last, EventEnvelope event) {
        List<Long> applied = numbers.computeIfAbsent(stream, unseen -> new ArrayList<>());
        if (last(applied) != last) {
            throw new IllegalStateException(stream + " is not at " + last + " any more");
        }
        applied.add(event.metadata().sequenceNumber());
    }

    private static long last(List<Long> applied) {
        return applied.isEmpty() ? 0 : applied.get(applied.size() - 1);
    }
}
