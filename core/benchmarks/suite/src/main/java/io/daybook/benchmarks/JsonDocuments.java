package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Documents as JSON in a map. All contenders except Daybook keep their documents here. One thread writes. */
public final class JsonDocuments {

    /** A document, and the number of events that it shows. */
    record Stored(long version, byte[] json) {}

    private final Map<String, Stored> documents = new ConcurrentHashMap<>();
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private long writes;
    private long reads;
    private long left;
    private CountDownLatch handled = new CountDownLatch(0);

    public JsonDocuments() {
        ObjectMapper mapper = Contender.jacksonWithFastInstant();
        reader = mapper.readerFor(OrderSummary.class);
        writer = mapper.writerFor(OrderSummary.class);
    }

    /** Deletes all documents, and expects a number of events. */
    public void clear(long events) {
        documents.clear();
        writes = 0;
        reads = 0;
        left = events;
        handled = new CountDownLatch(1);
    }

    /** Reads the document of the event's order, folds the event and writes the document. */
    public void handle(OrderEvent event) {
        Stored stored = documents.get(event.orderId());
        OrderSummary before = null;
        if (stored != null) {
            reads++;
            before = decode(stored);
        }
        write(event.orderId(), stored == null ? 1 : stored.version() + 1, OrderSummary.fold(before, event));
        if (--left == 0) {
            handled.countDown();
        }
    }

    /** Waits until the expected number of events is handled. */
    public void await() {
        try {
            if (!handled.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("not all events were handled");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void write(String orderId, long version, OrderSummary summary) {
        try {
            documents.put(orderId, new Stored(version, writer.writeValueAsBytes(summary)));
            writes++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Stored stored(String orderId) {
        return documents.get(orderId);
    }

    OrderSummary decode(Stored stored) {
        try {
            return reader.readValue(stored.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public OrderSummary get(String orderId) {
        return decode(documents.get(orderId));
    }

    public long writes() {
        return writes;
    }

    public long reads() {
        return reads;
    }
}
