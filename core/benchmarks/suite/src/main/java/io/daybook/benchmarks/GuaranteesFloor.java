package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.daybook.serialization.JacksonDefaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Daybook's guarantees, written by hand for this one aggregate: exact amounts and times, strict JSON, metadata and a
 * random id for each event, a check of the position of each event when it is read, reading each event back before it is
 * stored, and a record of the command's id with a digest of the command. There is no bus and no registry, and only one
 * kind of aggregate. States are cached on request: a command then decides on the state that the last one left behind.
 */
final class GuaranteesFloor implements Contender {

    private record Metadata(
            String eventId,
            String eventType,
            int eventVersion,
            Instant timestamp,
            String orderId,
            long sequenceNumber,
            String correlationId,
            String causationId,
            String commandId,
            String userId) {}

    private record Stored(Metadata metadata, byte[] json) {}

    private record Handled(String digest, long sequenceNumber) {}

    private static final class Order {
        final List<Stored> events = new ArrayList<>();
        final Map<String, Handled> commands = new HashMap<>(2);
    }

    private record Loaded(OrderState state, int version) {}

    private static final Stored[] NONE = new Stored[0];

    private final RecordCodec codec;
    private final ObjectWriter commandWriter;
    private final boolean caching;
    private final Map<String, Order> orders = new ConcurrentHashMap<>();
    private final Map<String, Loaded> cached = new ConcurrentHashMap<>();

    GuaranteesFloor(boolean caching) {
        this.caching = caching;
        ObjectMapper mapper = JacksonDefaults.mapper().build();
        codec = new RecordCodec(mapper);
        commandWriter = mapper.writerFor(OrderState.AddItem.class);
    }

    @Override
    public void reset() {
        orders.clear();
        cached.clear();
    }

    @Override
    public void create(String orderId, int events) {
        List<OrderEvent> history = OrderState.history(orderId, 0, events);
        append(orderId, 0, history, "creation", "");
        if (caching) {
            OrderState state = new OrderState();
            history.forEach(state::apply);
            cached.put(orderId, new Loaded(state, events));
        }
    }

    @Override
    public void addItem(OrderState.AddItem command, String commandId) {
        String digest = digest(command);
        for (int attempt = 0; attempt < 20; attempt++) {
            Loaded loaded = current(command.orderId());
            OrderEvent event = loaded.state().decide(command, Instant.now());
            loaded.state().apply(event);
            if (append(command.orderId(), loaded.version(), List.of(event), commandId, digest)) {
                if (caching) {
                    cached.put(command.orderId(), new Loaded(loaded.state(), loaded.version() + 1));
                }
                return;
            }
        }
        throw new ConflictException();
    }

    @Override
    public OrderState load(String orderId) {
        return rebuild(stored(orderId));
    }

    /** Takes the state from the cache, since it is changed. */
    private Loaded current(String orderId) {
        Loaded taken = caching ? cached.remove(orderId) : null;
        if (taken != null) {
            return taken;
        }
        Stored[] stored = stored(orderId);
        return new Loaded(rebuild(stored), stored.length);
    }

    private Stored[] stored(String orderId) {
        Order order = orders.get(orderId);
        if (order == null) {
            return NONE;
        }
        synchronized (order) {
            return order.events.toArray(NONE);
        }
    }

    private OrderState rebuild(Stored[] stored) {
        try {
            OrderState state = new OrderState();
            for (int i = 0; i < stored.length; i++) {
                Metadata metadata = stored[i].metadata();
                if (metadata.sequenceNumber() != i + 1) {
                    throw new IllegalStateException("there is a gap before event " + (i + 1));
                }
                state.apply(codec.read(metadata.eventType().equals("OrderCreated"), stored[i].json()));
            }
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean append(
            String orderId, int expectedVersion, List<OrderEvent> events, String commandId, String digest) {
        try {
            Instant now = Instant.now();
            List<Stored> appended = new ArrayList<>(events.size());
            for (OrderEvent event : events) {
                boolean first = event instanceof OrderEvent.OrderCreated;
                byte[] json = codec.write(event);
                if (!codec.read(first, json).equals(event)) {
                    throw new IllegalArgumentException("the event does not come back as it was");
                }
                appended.add(new Stored(
                        new Metadata(
                                UUID.randomUUID().toString(),
                                first ? "OrderCreated" : "ItemAdded",
                                1,
                                now,
                                orderId,
                                expectedVersion + appended.size() + 1L,
                                "corr-1",
                                "cause-1",
                                commandId,
                                "alice"),
                        json));
            }
            Order order = orders.computeIfAbsent(orderId, id -> new Order());
            synchronized (order) {
                Handled handled = order.commands.get(commandId);
                if (handled != null) {
                    return handled.digest().equals(digest);
                }
                if (order.events.size() != expectedVersion) {
                    return false;
                }
                order.commands.put(commandId, new Handled(digest, expectedVersion + 1L));
                return order.events.addAll(appended);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String digest(OrderState.AddItem command) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(commandWriter.writeValueAsBytes(command));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
