package io.daybook.cosmos;

import com.azure.cosmos.ChangeFeedProcessor;
import com.azure.cosmos.ChangeFeedProcessorBuilder;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.serialization.JacksonDefaults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The work of a projector with plain calls of the SDK: for each page of the change feed, one read of the documents that are not
 * in memory, the fold, and one write for each stream. Upserts check nothing, and assume that no page is repeated and no other process
 * writes.
 */
final class PlainFeedProcessor implements AutoCloseable {

    /**
     * How documents are written.
     *
     * @param atOnce how many documents of a page are written at once
     * @param checked whether a document is written under its etag, at its position, with the id of the write, and read back before, as a
     *     projector does; otherwise it is upserted
     */
    record Writes(int atOnce, boolean checked) {

        @Override
        public String toString() {
            return atOnce + (checked ? " checked writes" : " upserts") + " at once";
        }
    }

    private record State(@Nullable SeenEvents value, long number) {}

    private final CosmosAsyncContainer documents;
    private final Writes writes;
    private final Consumer<List<String>> handled;
    private final Map<String, State> states = new HashMap<>();
    private final Map<String, String> etags = new ConcurrentHashMap<>();
    private final ObjectMapper json = JacksonDefaults.mapper().build();
    private final ChangeFeedProcessor processor;

    /**
     * Starts to follow.
     *
     * @param options the position, the page size and the times
     * @param handled receives the ids of the events of each page, after its documents are written
     */
    PlainFeedProcessor(
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            CosmosAsyncContainer documents,
            ChangeFeedProcessorOptions options,
            Writes writes,
            Consumer<List<String>> handled) {
        this.documents = documents;
        this.writes = writes;
        this.handled = handled;
        this.processor = new ChangeFeedProcessorBuilder()
                .hostName("plain")
                .feedContainer(events)
                .leaseContainer(leases)
                .options(options)
                .handleLatestVersionChanges(this::handle)
                .buildChangeFeedProcessor();
        processor.start().block();
    }

    private void handle(List<ChangeFeedProcessorItem> items) {
        Map<String, List<JsonNode>> streams = new LinkedHashMap<>();
        List<String> ids = new ArrayList<>();
        for (ChangeFeedProcessorItem item : items) {
            JsonNode event = Objects.requireNonNull(item.getCurrent());
            if (event.path("kind").asText().equals("event")
                    && event.path("aggregateType").asText().equals(SeenEvents.TYPE)) {
                ids.add(event.path("eventId").asText());
                streams.computeIfAbsent(event.path("aggregateId").asText(), unseen -> new ArrayList<>())
                        .add(event);
            }
        }
        if (!streams.isEmpty()) {
            load(streams.keySet().stream().filter(id -> !states.containsKey(id)).toList());
            List<ObjectNode> changed = new ArrayList<>();
            streams.forEach((id, events) -> changed.add(fold(id, events)));
            Flux.fromIterable(changed).flatMap(this::write, writes.atOnce()).blockLast();
            handled.accept(ids);
        }
    }

    private void load(List<String> ids) {
        if (ids.isEmpty()) {
            return;
        }
        FeedResponse<ObjectNode> found = Objects.requireNonNull(documents
                .readMany(
                        ids.stream()
                                .map(id -> new CosmosItemIdentity(new PartitionKey(id), id))
                                .toList(),
                        ObjectNode.class)
                .block());
        for (ObjectNode document : found.getResults()) {
            String id = document.path("id").asText();
            etags.put(id, document.path("_etag").asText());
            states.put(
                    id,
                    new State(
                            read(document.path("data"), SeenEvents.class),
                            document.path("seq").asLong()));
        }
    }

    private ObjectNode fold(String id, List<JsonNode> events) {
        State before = states.getOrDefault(id, new State(null, 0));
        SeenEvents value = before.value();
        long number = before.number();
        for (JsonNode event : events) {
            long next = event.path("sequenceNumber").asLong();
            if (writes.checked() && next != number + 1) {
                throw new IllegalStateException("event " + next + " of " + id + " follows " + number);
            }
            value = SeenEvents.and(
                    value, read(event.path("data"), Counted.class).number());
            number = next;
        }
        states.put(id, new State(value, number));
        ObjectNode document = json.createObjectNode();
        document.put("id", id);
        document.put("pk", id);
        document.put("seq", number);
        document.put("eventId", events.get(events.size() - 1).path("eventId").asText());
        document.putObject("x").put("count", value.count()).put("_key", id);
        if (writes.checked()) {
            document.put(
                    "write", Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36));
            document.putRawValue("data", new RawValue(readable(value)));
        } else {
            document.set("data", json.valueToTree(value));
        }
        return document;
    }

    private String readable(SeenEvents value) {
        try {
            String text = json.writeValueAsString(value);
            if (!json.readValue(text, SeenEvents.class).equals(value)) {
                throw new IllegalStateException(value + " reads back as another document");
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T read(JsonNode value, Class<T> type) {
        try {
            return json.treeToValue(value, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Mono<CosmosItemResponse<ObjectNode>> write(ObjectNode document) {
        String id = document.path("id").asText();
        PartitionKey partition = new PartitionKey(document.path("pk").asText());
        CosmosItemRequestOptions options = new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false);
        if (!writes.checked()) {
            return documents.upsertItem(document, partition, options);
        }
        String etag = etags.get(id);
        return (etag == null
                        ? documents.createItem(document, partition, options)
                        : documents.replaceItem(document, id, partition, options.setIfMatchETag(etag)))
                .doOnNext(answer -> etags.put(id, answer.getETag()));
    }

    @Override
    public void close() {
        processor.stop().block();
    }
}
