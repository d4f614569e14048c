package io.daybook.sample.order;

import io.daybook.contract.AppliedEvents;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.sample.order.domain.Order;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.IdempotentEventHandler;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A consumer that lets each event have its effect once, and notes beside it what it was handed. */
final class Deliveries implements EventHandler {

    private final AppliedEvents applied = new AppliedEvents();
    private final IdempotentEventHandler once = IdempotentEventHandler.of(applied);
    private final Map<StreamId, Map<String, Long>> numbers = new HashMap<>();
    private int handed;

    @Override
    public void handle(List<EventEnvelope> delivered) throws Exception {
        List<EventEnvelope> events = delivered.stream()
                .filter(event -> event.metadata().aggregateType().equals(Order.TYPE.name()))
                .toList(); // those of refunds follow from them
        if (events.isEmpty()) {
            return;
        }
        synchronized (this) {
            for (EventEnvelope event : events) {
                handed++;
                numbers.computeIfAbsent(
                                StreamId.of(
                                        event.metadata().aggregateType(),
                                        event.metadata().aggregateId()),
                                unseen -> new LinkedHashMap<>())
                        .putIfAbsent(
                                event.metadata().eventId(), event.metadata().sequenceNumber());
            }
        }
        once.handle(events);
    }

    AppliedEvents applied() {
        return applied;
    }

    /** How many events it was handed, repetitions included. */
    synchronized int handed() {
        return handed;
    }

    /** The ids of the events of a stream, in the order in which each was seen first. */
    synchronized List<String> firstSeen(StreamId stream) {
        return List.copyOf(numbers.getOrDefault(stream, Map.of()).keySet());
    }
}
