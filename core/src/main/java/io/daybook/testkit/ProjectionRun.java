package io.daybook.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.projection.ProjectionFailedException;
import io.daybook.projection.Projector;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.serialization.EventSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One run of a projection over stores in memory. Events are read from the store before delivery, so they come from JSON. */
final class ProjectionRun<D> implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();

    private final ScenarioProjection<D> projection;
    private final InMemoryEventStore eventStore;
    private final InMemoryReadModelStore readModelStore = new InMemoryReadModelStore();
    private final ScenarioFeed feed = new ScenarioFeed();
    private final Map<String, EventEnvelope> stored = new HashMap<>();
    private Projector projector;

    ProjectionRun(ScenarioProjection<D> projection, EventSerializer serializer, List<EventEnvelope> events) {
        this.projection = projection;
        this.eventStore = new InMemoryEventStore(serializer);
        this.projector = start();
        for (EventEnvelope event : events) {
            StreamId stream = streamOf(event);
            long before = event.metadata().sequenceNumber() - 1;
            eventStore.append(stream, before, List.of(event), AppendOptions.none());
            try (Stream<EventEnvelope> read = eventStore.read(stream, before, Long.MAX_VALUE)) {
                read.forEach(each -> stored.put(each.metadata().eventId(), each));
            }
        }
    }

    static StreamId streamOf(EventEnvelope event) {
        EventMetadata metadata = event.metadata();
        return StreamId.of(metadata.aggregateType(), metadata.aggregateId());
    }

    private Projector start() {
        return projection
                .addTo(Projector.builder(feed, eventStore, readModelStore))
                .start();
    }

    /** Continues with another instance, which reads all states from JSON. */
    void restart() {
        projector.close();
        projector = start();
    }

    void deliver(List<EventEnvelope> page) {
        List<EventEnvelope> read = page.stream()
                .map(event -> stored.getOrDefault(event.metadata().eventId(), event))
                .toList();
        try {
            feed.handler().handle(read);
        } catch (ProjectionFailedException e) {
            EventEnvelope event = page.stream()
                    .filter(each ->
                            streamOf(each).equals(e.stream()) && each.metadata().sequenceNumber() == e.number())
                    .findFirst()
                    .orElse(page.get(0));
            throw new AssertionError(
                    "event " + e.number() + " of " + e.stream() + " ("
                            + event.metadata().eventType() + ") cannot be projected: " + e.getCause(),
                    e.getCause());
        } catch (Exception e) {
            throw new AssertionError("the page cannot be projected: " + e, e);
        }
    }

    void delete(StreamId stream) {
        long version = eventStore.currentVersion(stream);
        eventStore.delete(stream);
        try {
            feed.handler().deleted(stream, version);
        } catch (Exception e) {
            throw new AssertionError("the deletion of " + stream + " cannot be projected: " + e, e);
        }
    }

    Optional<D> read(String key, ConsistencyToken token) {
        return projection.read(projector, key, token);
    }

    /** The documents that queries find, by key. */
    Map<String, D> documents() {
        Map<String, D> documents = new TreeMap<>();
        for (StoredDocument each : all()) {
            if (each.isFound()) {
                String key = projection.keyOf(each);
                read(key, ConsistencyToken.none()).ifPresent(content -> documents.put(key, content));
            }
        }
        return documents;
    }

    /** The values by which queries find a document, by the name of the index. */
    Map<String, List<String>> indexValues(String key) {
        return all().stream()
                .filter(each -> each.isFound() && projection.keyOf(each).equals(key))
                .findFirst()
                .map(StoredDocument::indexValues)
                .orElse(Map.of());
    }

    /** The first stored document that holds a floating-point number. */
    Optional<String> floatingPoint() {
        return all().stream()
                .map(StoredDocument::content)
                .filter(ProjectionRun::hasFloat)
                .findFirst();
    }

    private static boolean hasFloat(String content) {
        try (JsonParser json = JSON.createParser(content)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<StoredDocument> all() {
        List<StoredDocument> all = new ArrayList<>();
        String next = "";
        do {
            Page<StoredDocument> page = readModelStore.open(projection.schema()).scan(Scan.all(), next);
            all.addAll(page.items());
            next = page.next().orElse("");
        } while (!next.isEmpty());
        return all;
    }

    @Override
    public void close() {
        projector.close();
    }
}
