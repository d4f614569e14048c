package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;

/**
 * What the tests of the service share: containers in a database of their own, and the plain SDK. Nothing of Daybook is
 * used but the layout of its containers, so a failing test shows a change of the service and not of the library.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServiceFixture {

    static final Duration TIMEOUT = Patience.LIMIT;

    final String database = CosmosAccount.newDatabase();

    @BeforeAll
    final void createContainers() {
        CosmosAccount.containers(database);
    }

    @AfterAll
    final void deleteDatabase() {
        CosmosAccount.delete(database);
    }

    final CosmosAsyncContainer container(String name) {
        return CosmosAccount.client().getDatabase(database).getContainer(name);
    }

    final CosmosAsyncContainer events() {
        return container("events");
    }

    final CosmosAsyncContainer snapshots() {
        return container("snapshots");
    }

    static String newKey() {
        return "service-" + UUID.randomUUID();
    }

    static ObjectNode item(String key, String id, String text) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("streamId", key)
                .put("text", text);
    }

    static <T> T get(Mono<T> request) {
        return request.block(TIMEOUT);
    }

    final CosmosItemResponse<ObjectNode> create(ObjectNode item) {
        return get(
                events().createItem(item, new PartitionKey(item.path("streamId").asText()), null));
    }

    final CosmosItemResponse<ObjectNode> read(String key, String id) {
        return get(events().readItem(id, new PartitionKey(key), ObjectNode.class));
    }

    static CosmosBatch batch(String key) {
        return CosmosBatch.createCosmosBatch(new PartitionKey(key));
    }

    static CosmosBatch creating(String key, String text, String... ids) {
        CosmosBatch batch = batch(key);
        for (String id : ids) {
            batch.createItemOperation(item(key, id, text));
        }
        return batch;
    }

    final CosmosBatchResponse execute(CosmosBatch batch) {
        return get(events().executeCosmosBatch(batch));
    }

    static List<Integer> codes(CosmosBatchResponse response) {
        return response.getResults().stream()
                .map(CosmosBatchOperationResult::getStatusCode)
                .toList();
    }

    final List<ObjectNode> storedItems(String key) {
        return get(events().queryItems(
                        "SELECT * FROM c",
                        new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey(key)),
                        ObjectNode.class)
                .collectList());
    }

    /** The ids of what is stored under a partition key, and the text of each. */
    final Map<String, String> stored(String key) {
        Map<String, String> texts = new TreeMap<>();
        storedItems(key)
                .forEach(item ->
                        texts.put(item.path("id").asText(), item.path("text").asText()));
        return texts;
    }

    static CosmosException failure(Mono<?> request) {
        return catchThrowableOfType(CosmosException.class, () -> request.block(TIMEOUT));
    }
}
