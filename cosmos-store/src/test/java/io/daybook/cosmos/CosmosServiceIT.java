package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * What Daybook relies on when it writes batches to Cosmos DB, said with the plain SDK. The same tests run against the test
 * server and, where {@code COSMOS_ENDPOINT} names one, against an account. Single items, queries and the change feed are in
 * {@link ItemServiceIT}, {@link QueryServiceIT} and {@link ChangeFeedServiceIT}.
 *
 * <p>A comment at each test names where the belief comes from: a title is that of a page of the Azure Cosmos DB
 * documentation, and what was found in no document is "measured only", which means with the test server.
 */
@Tag("faults")
class CosmosServiceIT extends ServiceFixture {

    // "Transactional batch operations in Azure Cosmos DB"
    @Test
    void a_batch_stores_all_of_its_items() {
        String key = newKey();

        CosmosBatchResponse response = execute(creating(key, "first", "1", "2", "3"));

        assertThat(response.isSuccessStatusCode()).isTrue();
        assertThat(codes(response)).containsExactly(201, 201, 201);
        assertThat(stored(key)).isEqualTo(Map.of("1", "first", "2", "first", "3", "first"));
    }

    // "Transactional batch operations in Azure Cosmos DB": 409 for the create that hit, 424 for all others
    @Test
    void failed_batch_stores_nothing_and_names_the_conflicting_create() {
        String key = newKey();
        create(item(key, "2", "there before"));

        CosmosBatchResponse response = execute(creating(key, "new", "1", "2", "3"));

        assertThat(response.isSuccessStatusCode()).isFalse();
        assertThat(codes(response)).containsExactly(424, 409, 424);
        assertThat(stored(key)).isEqualTo(Map.of("2", "there before"));
    }

    // SDK class BatchResponseParser: a 207 takes the status of the operation that failed, and is no exception
    @Test
    void failed_batch_has_the_status_of_the_failed_operation() {
        String key = newKey();
        create(item(key, "1", "there before"));

        CosmosBatchResponse response = execute(creating(key, "new", "2", "1"));

        assertThat(response.getStatusCode()).isEqualTo(409);
        assertThat(response.getResults()).hasSize(2);
        assertThat(stored(key)).isEqualTo(Map.of("1", "there before"));
    }

    // "Transactional batch operations in Azure Cosmos DB": operations succeed in the order they are described in
    @Test
    void batch_reports_the_first_operation_that_fails() {
        String key = newKey();
        create(item(key, "1", "there before"));
        create(item(key, "2", "there before"));

        CosmosBatchResponse response = execute(creating(key, "new", "3", "1", "2"));

        assertThat(codes(response)).containsExactly(424, 409, 424);
        assertThat(stored(key)).containsOnlyKeys("1", "2");
    }

    // "Transactional batch operations in Azure Cosmos DB", whose Python example reads within a batch
    @Test
    void a_batch_may_hold_reads_and_creates() {
        String key = newKey();
        create(item(key, "1", "there before"));
        CosmosBatch batch = batch(key);
        batch.readItemOperation("1");
        batch.createItemOperation(item(key, "2", "new"));

        CosmosBatchResponse response = execute(batch);

        assertThat(response.isSuccessStatusCode()).isTrue();
        assertThat(codes(response)).containsExactly(200, 201);
        assertThat(response.getResults()
                        .get(0)
                        .getItem(ObjectNode.class)
                        .path("text")
                        .asText())
                .isEqualTo("there before");
        assertThat(stored(key)).isEqualTo(Map.of("1", "there before", "2", "new"));
    }

    // 424: "Transactional batch operations in Azure Cosmos DB"; substatus 0 for the missing item: measured only
    @Test
    void a_batch_that_reads_a_missing_item_stores_nothing() {
        String key = newKey();
        CosmosBatch batch = batch(key);
        batch.createItemOperation(item(key, "1", "new"));
        batch.readItemOperation("nothing");
        batch.createItemOperation(item(key, "2", "new"));

        CosmosBatchResponse response = execute(batch);

        assertThat(response.getStatusCode()).isEqualTo(404);
        assertThat(codes(response)).containsExactly(424, 404, 424);
        assertThat(response.getResults().get(1).getSubStatusCode()).isZero();
        assertThat(stored(key)).isEmpty();
    }

    // "Transactional batch operations in Azure Cosmos DB": the entire transaction is rolled back
    @Test
    void a_failed_batch_takes_back_what_it_replaced_and_deleted() {
        String key = newKey();
        String etag = create(item(key, "1", "one")).getETag();
        create(item(key, "2", "two"));
        CosmosBatch batch = batch(key);
        batch.replaceItemOperation("1", item(key, "1", "replaced"));
        batch.deleteItemOperation("2");
        batch.createItemOperation(item(key, "1", "again"));

        CosmosBatchResponse response = execute(batch);

        assertThat(codes(response)).containsExactly(424, 424, 409);
        assertThat(stored(key)).isEqualTo(Map.of("1", "one", "2", "two"));
        assertThat(read(key, "1").getETag()).isEqualTo(etag);
    }

    // "Azure Cosmos DB service quotas": 100 operations in a transactional batch
    @Test
    void a_batch_of_100_operations_is_stored() {
        String key = newKey();

        assertThat(execute(creating(key, "new", ids(100))).isSuccessStatusCode())
                .isTrue();

        assertThat(stored(key)).containsOnlyKeys(ids(100));
    }

    // "Azure Cosmos DB service quotas": 100 operations; that a 400 is thrown: measured only
    @Test
    void a_batch_of_more_than_100_operations_is_refused_and_stores_nothing() {
        String key = newKey();

        CosmosException failure = failure(events().executeCosmosBatch(creating(key, "new", ids(101))));

        assertThat(failure.getStatusCode()).isEqualTo(400);
        assertThat(stored(key)).isEmpty();
    }

    // "Azure Cosmos DB service quotas": a request has at most 2 MB; "HTTP Status Codes for Azure Cosmos DB": 413
    @Test
    void a_batch_of_more_than_2_MB_is_refused_and_stores_nothing() {
        String key = newKey();

        CosmosException failure =
                failure(events().executeCosmosBatch(creating(key, "x".repeat(800_000), "1", "2", "3")));

        assertThat(failure.getStatusCode()).isEqualTo(413);
        assertThat(stored(key)).isEmpty();
    }

    // "Databases, containers, and items in Azure Cosmos DB": the id is unique in a logical partition
    @Test
    void a_batch_that_is_sent_again_fails_and_changes_nothing() {
        String key = newKey();
        execute(creating(key, "first", "1", "2"));
        List<ObjectNode> before = storedItems(key);

        CosmosBatchResponse again = execute(creating(key, "second", "1", "2"));

        assertThat(codes(again)).containsExactly(409, 424);
        assertThat(storedItems(key)).containsExactlyInAnyOrderElementsOf(before); // with their etags and times
    }

    // "Transactions and optimistic concurrency control": snapshot isolation within a logical partition
    @Test
    void of_batches_that_are_sent_at_once_one_is_stored_as_a_whole() {
        String key = newKey();

        List<CosmosBatchResponse> responses = get(Flux.range(0, 16)
                .flatMap(i -> events().executeCosmosBatch(creating(key, "writer " + i, "1", "2", "3")), 16)
                .collectList());

        assertThat(responses)
                .filteredOn(CosmosBatchResponse::isSuccessStatusCode)
                .hasSize(1);
        assertThat(responses)
                .filteredOn(response -> !response.isSuccessStatusCode())
                .allSatisfy(response -> assertThat(codes(response)).containsExactly(409, 424, 424));
        assertThat(stored(key)).containsOnlyKeys("1", "2", "3");
        assertThat(stored(key).values()).containsOnly(stored(key).get("1"));
    }

    private static String[] ids(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toArray(String[]::new);
    }
}
