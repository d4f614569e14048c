package io.daybook.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The minimum work with JSON: a map from orders to the bytes of their events, and a check of the version. There are no
 * metadata, event ids, command ids or validations.
 */
final class Floor implements Contender {

    /** Converts events to bytes and bytes to events. */
    interface Codec {
        byte[] write(OrderEvent event) throws IOException;

        OrderEvent read(boolean first, byte[] json) throws IOException;
    }

    private final Codec codec;
    private final Map<String, List<byte[]>> orders = new ConcurrentHashMap<>();

    Floor(Codec codec) {
        this.codec = codec;
    }

    @Override
    public void reset() {
        orders.clear();
    }

    @Override
    public void create(String orderId, int events) {
        append(orderId, 0, OrderState.history(orderId, 0, events));
    }

    @Override
    public void addItem(OrderState.AddItem command, String commandId) {
        for (int attempt = 0; attempt < 20; attempt++) {
            byte[][] stored = stored(command.orderId());
            OrderState state = rebuild(stored);
            OrderEvent event = state.decide(command, Instant.now());
            state.apply(event);
            if (append(command.orderId(), stored.length, List.of(event))) {
                return;
            }
        }
        throw new ConflictException();
    }

    @Override
    public OrderState load(String orderId) {
        return rebuild(stored(orderId));
    }

    private byte[][] stored(String orderId) {
        List<byte[]> events = orders.get(orderId);
        if (events == null) {
            return new byte[0][];
        }
        synchronized (events) {
            return events.toArray(new byte[0][]);
        }
    }

    private OrderState rebuild(byte[][] stored) {
        try {
            OrderState state = new OrderState();
            for (int i = 0; i < stored.length; i++) {
                state.apply(codec.read(i == 0, stored[i]));
            }
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean append(String orderId, int expectedVersion, List<OrderEvent> events) {
        try {
            List<byte[]> encoded = new ArrayList<>(events.size());
            for (OrderEvent event : events) {
                encoded.add(codec.write(event));
            }
            List<byte[]> stored = orders.computeIfAbsent(orderId, id -> new ArrayList<>());
            synchronized (stored) {
                return stored.size() == expectedVersion && stored.addAll(encoded);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
