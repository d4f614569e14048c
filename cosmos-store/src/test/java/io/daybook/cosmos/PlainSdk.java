package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.serialization.JacksonDefaults;
import java.util.List;
import java.util.UUID;

/** The same work with plain calls of the SDK: one batch to append, one query to load. */
final class PlainSdk {

    private final CosmosAsyncContainer events;
    private final ObjectMapper json = JacksonDefaults.mapper().build();

    PlainSdk(CosmosAsyncContainer events) {
        this.events = events;
    }

    void append(String aggregateId, long version, int count, String commandId) {
        String stream = "Contract-" + aggregateId;
        CosmosBatch batch = CosmosBatch.createCosmosBatch(new PartitionKey(stream));
        String firstId = UUID.randomUUID().toString();
        ObjectNode command = json.createObjectNode();
        command.put("id", "command-" + commandId);
        command.put("kind", "command");
        command.put("streamId", stream);
        command.put("commandId", commandId);
        command.put("fromSequenceNumber", version + 1);
        command.put("toSequenceNumber", version + count);
        command.put("firstEventId", firstId);
        command.put("fingerprint", "fingerprint");
        command.put("ttl", 2_592_000);
        batch.createItemOperation(command);
        if (version > 0) {
            batch.readItemOperation(String.format("%020d", version));
        }
        for (int i = 1; i <= count; i++) {
            batch.createItemOperation(event(
                    stream,
                    aggregateId,
                    version + i,
                    i == 1 ? firstId : UUID.randomUUID().toString()));
        }
        CosmosBatchResponse answer = events.executeCosmosBatch(batch).block();
        if (answer == null || !answer.isSuccessStatusCode()) {
            throw new IllegalStateException("not stored");
        }
    }

    private ObjectNode event(String stream, String aggregateId, long number, String eventId) {
        ObjectNode event = json.createObjectNode();
        event.put("id", String.format("%020d", number));
        event.put("kind", "event");
        event.put("streamId", stream);
        event.put("aggregateType", "Contract");
        event.put("aggregateId", aggregateId);
        event.put("sequenceNumber", number);
        event.put("eventId", eventId);
        event.put("eventType", "ContractCounted");
        event.put("eventVersion", 1);
        event.put("timestamp", "2026-01-02T03:04:05.123456789Z");
        event.put("correlationId", eventId);
        event.set("data", json.valueToTree(new Counted((int) number)));
        return event;
    }

    long load(String aggregateId) {
        String stream = "Contract-" + aggregateId;
        SqlQuerySpec query = new SqlQuerySpec(
                "SELECT * FROM c WHERE c.streamId = @streamId AND c.sequenceNumber > @after AND c.sequenceNumber <= @to",
                new SqlParameter("@streamId", stream),
                new SqlParameter("@after", 0),
                new SqlParameter("@to", 500));
        List<FeedResponse<ObjectNode>> pages = events.queryItems(
                        query,
                        new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey(stream)),
                        ObjectNode.class)
                .byPage(501)
                .collectList()
                .block();
        if (pages == null) {
            throw new IllegalStateException("nothing came");
        }
        long sum = 0;
        for (FeedResponse<ObjectNode> page : pages) {
            for (ObjectNode row : page.getResults()) {
                try {
                    sum += json.treeToValue(row.get("data"), Counted.class).number();
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return sum;
    }
}
