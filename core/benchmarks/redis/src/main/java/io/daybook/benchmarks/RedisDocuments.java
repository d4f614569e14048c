package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.RedisClient;

/** The minimum work of a read from Redis: a GET and decoding. Only a rebuild writes documents. */
final class RedisDocuments implements OrderDocuments {

    private final RedisClient client = RedisClient.create("127.0.0.1", EmbeddedRedis.port());
    private final Map<String, OrderSummary> summaries = new HashMap<>();
    private final ObjectReader reader;
    private final ObjectWriter writer;

    RedisDocuments() {
        ObjectMapper mapper = Contender.jacksonWithFastInstant();
        reader = mapper.readerFor(OrderSummary.class);
        writer = mapper.writerFor(OrderSummary.class);
    }

    @Override
    public void store(List<OrderEvent> events) {
        events.forEach(
                event -> summaries.put(event.orderId(), OrderSummary.fold(summaries.get(event.orderId()), event)));
    }

    @Override
    public void clear() {
        client.flushAll();
    }

    @Override
    public void follow() {
        rebuild();
    }

    @Override
    public void rebuild() {
        try {
            for (OrderSummary summary : summaries.values()) {
                client.set(summary.orderId(), writer.writeValueAsString(summary));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OrderSummary get(String orderId, long version) {
        try {
            return reader.readValue(client.get(orderId));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long writes() {
        return summaries.size();
    }

    @Override
    public long reads() {
        return 0;
    }
}
