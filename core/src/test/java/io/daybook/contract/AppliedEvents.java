package io.daybook.contract;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.IdempotentEventHandler.Effects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Effects that only note which events were applied, in memory. Safe for use by many threads. */
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
        List<Long> applied = numbers.getOrDefault(stream, List.of());
        return applied.isEmpty() ? 0 : applied.get(applied.size() - 1);
    }

    @Override
    public synchronized void apply(StreamId stream, EventEnvelope event) {
        long number = event.metadata().sequenceNumber();
        List<Long> applied = numbers.computeIfAbsent(stream, unseen -> new ArrayList<>());
        if (!applied.isEmpty() && applied.get(applied.size() - 1) != number - 1) {
            throw new IllegalStateException(stream + " is not at " + (number - 1) + " any more");
        }
        applied.add(number);
    }
}
