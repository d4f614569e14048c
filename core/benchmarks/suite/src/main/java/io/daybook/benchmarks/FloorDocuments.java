package io.daybook.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Handwritten loops that do only the minimum. There are no positions, etags or checks. */
final class FloorDocuments extends KeptInJson {

    private record Stored(String orderId, boolean first, byte[] json) {}

    private final RecordCodec codec = new RecordCodec(Contender.jacksonWithFastInstant());
    private final List<Stored> log = new ArrayList<>();
    private final Map<String, List<Stored>> orders = new HashMap<>();

    @Override
    public void store(List<OrderEvent> events) {
        for (OrderEvent event : events) {
            List<Stored> order = orders.computeIfAbsent(event.orderId(), id -> new ArrayList<>());
            Stored stored = new Stored(event.orderId(), order.isEmpty(), encode(event));
            order.add(stored);
            log.add(stored);
        }
    }

    @Override
    public void clear() {
        documents.clear(log.size());
    }

    @Override
    public void follow() {
        log.forEach(stored -> documents.handle(decode(stored)));
    }

    @Override
    public void rebuild() {
        Map<String, OrderSummary> states = new HashMap<>();
        for (Stored stored : log) {
            states.put(stored.orderId(), OrderSummary.fold(states.get(stored.orderId()), decode(stored)));
        }
        states.forEach((id, summary) -> documents.write(id, orders.get(id).size(), summary));
    }

    @Override
    public OrderSummary get(String orderId, long version) {
        JsonDocuments.Stored stored = documents.stored(orderId);
        OrderSummary summary = documents.decode(stored);
        if (stored.version() >= version) {
            return summary;
        }
        List<Stored> order = orders.get(orderId);
        for (Stored later : order.subList((int) stored.version(), order.size())) {
            summary = OrderSummary.fold(summary, decode(later));
        }
        documents.write(orderId, order.size(), summary);
        return summary;
    }

    private byte[] encode(OrderEvent event) {
        try {
            return codec.write(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OrderEvent decode(Stored stored) {
        try {
            return codec.read(stored.first(), stored.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
