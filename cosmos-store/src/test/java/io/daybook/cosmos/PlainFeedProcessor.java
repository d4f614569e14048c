package io.daybook.cosmos;

import com.azure.cosmos.ChangeFeedProcessor;
import com.azure.cosmos.ChangeFeedProcessorBuilder;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.serialization.JacksonDefaults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;

/**
 * The work of a projector with plain calls of the SDK: for each page of the change feed, one read of the documents that are not
 * in memory, the fold, and one upsert for each stream. It checks nothing, and assumes that no other process writes.
 */
final class PlainFeedProcessor implements AutoCloseable {

    private final CosmosAsyncContainer documents;
    private final int upsertsAtOnce;
    private final Consumer<List<String>> handled;
    private final Map<String, SeenEvents> states = new HashMap<>();
    private final ObjectMapper json = JacksonDefaults.mapper().build();
    private final CosmosItemRequestOptions upsert =
            new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false);
    private final ChangeFeedProcessor processor;

    /**
     * Starts to follow.
     *
     * @param options the position, the page size and the times
     * @param upsertsAtOnce how many documents of a page are written at once
     * @param handled receives the ids of the events of each page, after its documents are written
     */
    PlainFeedProcessor(
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            CosmosAsyncContainer documents,
            ChangeFeedProcessorOptions options,
            int upsertsAtOnce,
            Consumer<List<String>> handled) {
        this.documents = documents;
        this.upsertsAtOnce = upsertsAtOnce;
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
            write(changed);
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
        found.getResults()
                .forEach(document ->
                        states.put(document.path("id").asText(), read(document.path("data"), SeenEvents.class)));
    }

    private ObjectNode fold(String id, List<JsonNode> events) {
        SeenEvents state = states.get(id);
        for (JsonNode event : events) {
            state = SeenEvents.and(
                    state, read(event.path("data"), Counted.class).number());
        }
        states.put(id, state);
        JsonNode last = events.get(events.size() - 1);
        ObjectNode document = json.createObjectNode();
        document.put("id", id);
        document.put("pk", id);
        document.set("seq", last.path("sequenceNumber"));
        document.set("eventId", last.path("eventId"));
        document.putObject("x").put("count", state.count()).put("_key", id);
        document.set("data", json.valueToTree(state));
        return document;
    }

    private <T> T read(JsonNode value, Class<T> type) {
        try {
            return json.treeToValue(value, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(List<ObjectNode> changed) {
        Flux.fromIterable(changed)
                .flatMap(
                        document -> documents.upsertItem(
                                document, new PartitionKey(document.path("pk").asText()), upsert),
                        upsertsAtOnce)
                .blockLast();
    }

    @Override
    public void close() {
        processor.stop().block();
    }
}
