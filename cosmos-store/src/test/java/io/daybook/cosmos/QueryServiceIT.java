package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Daybook relies on when it queries Cosmos DB; see {@link CosmosServiceIT}. */
@Tag("faults")
class QueryServiceIT extends ServiceFixture {

    private static final String RANGE = "SELECT * FROM c WHERE c.streamId = @streamId"
            + " AND c.sequenceNumber > @after AND c.sequenceNumber <= @to";
    private static final String ACROSS =
            "SELECT * FROM c WHERE c.kind = @kind ORDER BY c.kind ASC, c.timestamp ASC, c.sequenceNumber ASC";

    // measured only: no document promises an order without ORDER BY, so none is expected here
    @Test
    void a_query_by_partition_key_and_range_gives_each_item_once() {
        String key = newKey();
        writeNumbers(key, 60);

        List<ObjectNode> found = get(events().queryItems(range(key, 10, 50), in(key), ObjectNode.class)
                .collectList());

        assertThat(numbers(found))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(11, 50).boxed().toList());
    }

    // "Partitioning and horizontal scaling in Azure Cosmos DB": a logical partition holds one partition key's items
    @Test
    void a_query_by_partition_key_gives_nothing_of_other_keys() {
        String key = newKey();
        String other = newKey();
        writeNumbers(key, 3);
        writeNumbers(other, 5);

        assertThat(storedItems(key))
                .hasSize(3)
                .allSatisfy(item -> assertThat(item.path("streamId").asText()).isEqualTo(key));
    }

    // measured only: a comparison with a property that an item has not is undefined, which is not true
    @Test
    void a_range_does_not_hold_items_without_the_number() {
        String key = newKey();
        writeNumbers(key, 3);
        create(item(key, "command-1", "has no number"));

        List<ObjectNode> found = get(events().queryItems(range(key, 0, Long.MAX_VALUE >> 10), in(key), ObjectNode.class)
                .collectList());

        assertThat(numbers(found)).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(stored(key)).hasSize(4);
    }

    // "Pagination in Azure Cosmos DB for NoSQL": MaxItemCount or fewer; go on until there are no extra pages
    @Test
    void pages_have_at_most_the_requested_size_and_hold_each_item_once() {
        String key = newKey();
        writeNumbers(key, 50);

        List<FeedResponse<ObjectNode>> pages = pages(events(), range(key, 0, 50), in(key), 7);

        assertThat(pages)
                .hasSizeGreaterThan(7)
                .allSatisfy(page -> assertThat(page.getResults()).hasSizeLessThanOrEqualTo(7));
        assertThat(numbers(items(pages)))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 50).boxed().toList());
    }

    // "Pagination in Azure Cosmos DB for NoSQL": stateless, can be resumed at any time; a retry needs that too
    @Test
    void a_continuation_can_be_used_again() {
        String key = newKey();
        writeNumbers(key, 10);
        FeedResponse<ObjectNode> first = page(events(), range(key, 0, 10), in(key), null, 6);
        String continuation = first.getContinuationToken();

        FeedResponse<ObjectNode> rest = page(events(), range(key, 0, 10), in(key), continuation, 6);
        FeedResponse<ObjectNode> again = page(events(), range(key, 0, 10), in(key), continuation, 6);

        assertThat(continuation).isNotNull();
        assertThat(numbers(rest.getResults())).isNotEmpty().doesNotContainAnyElementsOf(numbers(first.getResults()));
        assertThat(numbers(again.getResults())).containsExactlyElementsOf(numbers(rest.getResults()));
    }

    // "Indexing policies in Azure Cosmos DB": a composite index also serves the reverse order
    // "ORDER BY (NoSQL query)": DESC sorts from the highest value to the lowest; TOP with it: measured only
    @Test
    void the_first_in_descending_order_is_the_highest_number() {
        String key = newKey();
        writeNumbers(key, 30);
        create(item(key, "command-1", "has no number"));
        SqlQuerySpec last = new SqlQuerySpec(
                "SELECT TOP 1 c.sequenceNumber FROM c WHERE c.streamId = @streamId"
                        + " AND c.sequenceNumber > 0 ORDER BY c.streamId DESC, c.sequenceNumber DESC",
                new SqlParameter("@streamId", key));

        List<ObjectNode> found =
                get(events().queryItems(last, in(key), ObjectNode.class).collectList());

        assertThat(numbers(found)).containsExactly(30L);
    }

    // "Indexing policies in Azure Cosmos DB": ORDER BY several properties is served by a composite index
    @Test
    void query_across_partition_keys_is_ordered_by_its_composite_index() {
        String kind = newKey();
        List<String> expected = writeInterleaved(kind, 5, 20);

        List<FeedResponse<ObjectNode>> pages =
                pages(events(), across(ACROSS, kind), new CosmosQueryRequestOptions(), 1000);

        assertThat(places(items(pages))).isEqualTo(expected);
    }

    // "Pagination in Azure Cosmos DB for NoSQL"; SDK class OrderByUtils: what is equal comes in the order of the _rid
    @Test
    void ordered_query_resumes_in_order_and_loses_nothing() {
        String kind = newKey();
        List<String> expected = writeInterleaved(kind, 4, 15);

        List<FeedResponse<ObjectNode>> pages =
                pages(events(), across(ACROSS, kind), new CosmosQueryRequestOptions(), 13);

        assertThat(pages)
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(page -> assertThat(page.getResults()).hasSizeLessThanOrEqualTo(13));
        assertThat(places(items(pages))).isEqualTo(expected);
    }

    // measured only: texts are compared by their characters, so times of equal length are in order
    @Test
    void a_range_of_times_as_texts_holds_its_start_and_not_its_end() {
        String kind = newKey();
        List<String> all = writeInterleaved(kind, 3, 12);
        SqlQuerySpec between = new SqlQuerySpec(
                "SELECT * FROM c WHERE c.kind = @kind AND c.timestamp >= @from AND c.timestamp < @until"
                        + " ORDER BY c.kind ASC, c.timestamp ASC, c.sequenceNumber ASC",
                new SqlParameter("@kind", kind),
                new SqlParameter("@from", time(2)),
                new SqlParameter("@until", time(4)));

        List<ObjectNode> found = items(pages(events(), between, new CosmosQueryRequestOptions(), 100));

        assertThat(places(found))
                .hasSize(18)
                .isEqualTo(all.stream()
                        .filter(place -> place.startsWith(time(2)) || place.startsWith(time(3)))
                        .toList());
    }

    // "Indexing policies in Azure Cosmos DB": two or more properties require one; that it is a 400: measured only
    @Test
    void an_order_by_two_properties_without_a_composite_index_is_refused() {
        CosmosException failure = failure(snapshots()
                .queryItems(across(ACROSS, newKey()), new CosmosQueryRequestOptions(), ObjectNode.class)
                .collectList());

        assertThat(failure.getStatusCode()).isEqualTo(400);
    }

    private void writeNumbers(String key, int count) {
        CosmosBatch batch = batch(key);
        LongStream.rangeClosed(1, count)
                .forEach(
                        n -> batch.createItemOperation(item(key, "" + n, "text").put("sequenceNumber", n)));
        assertThat(execute(batch).isSuccessStatusCode()).isTrue();
    }

    /** Writes to several partition keys, three numbers at each time, and gives the places in the order of both. */
    private List<String> writeInterleaved(String kind, int keys, int count) {
        List<String> places = new ArrayList<>();
        for (int k = 0; k < keys; k++) {
            String key = newKey();
            CosmosBatch batch = batch(key);
            for (int n = 1; n <= count; n++) {
                ObjectNode item = item(key, "" + n, "text")
                        .put("kind", kind)
                        .put("timestamp", time(n / 3))
                        .put("sequenceNumber", n);
                batch.createItemOperation(item);
                places.add(place(item));
            }
            assertThat(execute(batch).isSuccessStatusCode()).isTrue();
        }
        return places.stream().sorted().toList();
    }

    private static String time(int second) {
        return "2024-01-02T03:04:%02d.000000000Z".formatted(second);
    }

    private static String place(ObjectNode item) {
        return item.path("timestamp").asText()
                + "/%04d".formatted(item.path("sequenceNumber").asLong());
    }

    private static List<String> places(List<ObjectNode> items) {
        return items.stream().map(QueryServiceIT::place).toList();
    }

    private static List<Long> numbers(List<ObjectNode> items) {
        return items.stream().map(item -> item.path("sequenceNumber").asLong()).toList();
    }

    private static SqlQuerySpec range(String key, long after, long to) {
        return new SqlQuerySpec(
                RANGE,
                new SqlParameter("@streamId", key),
                new SqlParameter("@after", after),
                new SqlParameter("@to", to));
    }

    private static SqlQuerySpec across(String sql, String kind) {
        return new SqlQuerySpec(sql, new SqlParameter("@kind", kind));
    }

    private static CosmosQueryRequestOptions in(String key) {
        return new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey(key));
    }

    private static FeedResponse<ObjectNode> page(
            CosmosAsyncContainer container,
            SqlQuerySpec query,
            CosmosQueryRequestOptions options,
            String continuation,
            int size) {
        return get(container
                .queryItems(query, options, ObjectNode.class)
                .byPage(continuation, size)
                .next());
    }

    /** Reads page by page, each page with a new query from the continuation, as a client does that returns later. */
    private static List<FeedResponse<ObjectNode>> pages(
            CosmosAsyncContainer container, SqlQuerySpec query, CosmosQueryRequestOptions options, int size) {
        List<FeedResponse<ObjectNode>> pages = new ArrayList<>();
        String continuation = null;
        do {
            FeedResponse<ObjectNode> page = page(container, query, options, continuation, size);
            pages.add(page);
            continuation = page.getContinuationToken();
        } while (continuation != null);
        return pages;
    }

    private static List<ObjectNode> items(List<FeedResponse<ObjectNode>> pages) {
        return pages.stream().flatMap(page -> page.getResults().stream()).toList();
    }
}
