package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A physical partition is split while a query, a scan or a feed runs. The service does so when a partition grows: "Partitioning and
 * horizontal scaling in Azure Cosmos DB". What was cached of the partitions is then answered with 410/1002.
 */
class PartitionSplitIT extends FeedFixture {

    private static final ReadModelSchema SCHEMA =
            new ReadModelSchema("splits", 1, Set.of("day"), Set.of(), Map.of("day", Set.of()));
    private static final List<String> IDS =
            IntStream.range(100, 160).mapToObj(i -> "id-" + i).toList();

    private ReadModelCollection documents() {
        ReadModelCollection documents = CosmosReadModelStore.builder(
                        CosmosContainers.in(CosmosAccount.client(), database))
                .throughput(ThroughputProperties.createManualThroughput(20_000))
                .build()
                .open(SCHEMA);
        for (String id : IDS) {
            assertThat(documents
                            .write(List.of(StoredDocument.builder(DocumentKey.of(id))
                                    .content("{}")
                                    .listed(true)
                                    .indexValues(Map.of("day", List.of("day-" + id.charAt(5))))
                                    .build()))
                            .isWritten())
                    .isTrue();
        }
        return documents;
    }

    @Test
    void lists_go_on_after_a_split_between_pages() {
        ReadModelCollection documents = documents();
        for (Filter filter :
                List.of(Filter.all().limit(7), Filter.all().orderBy("day").limit(7))) {
            List<String> found = new ArrayList<>();
            Optional<PagePosition> after = Optional.empty();
            List<StoredDocument> page;
            do {
                page = documents.find(filter, after);
                page.forEach(document -> found.add(document.key().id()));
                if (found.size() == 21) {
                    server.split(database, "splits-1");
                }
                after = page.isEmpty() ? after : Optional.of(PagePosition.of(filter, page.get(page.size() - 1)));
            } while (!page.isEmpty());

            assertThat(found).hasSize(60).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(IDS);
        }
    }

    @Test
    void scan_and_reads_go_on_after_a_split() {
        ReadModelCollection documents = documents();
        List<DocumentKey> keys = IDS.stream().map(DocumentKey::of).toList();
        assertThat(documents.read(keys)).hasSize(60);
        Set<String> found = new TreeSet<>();
        Page<StoredDocument> page = documents.scan(Scan.all(), "");
        page.items().forEach(document -> found.add(document.key().id()));
        assertThat(page.next()).isPresent();

        server.split(database, "splits-1");
        while (page.next().isPresent()) {
            page = documents.scan(Scan.all(), page.next().get());
            page.items().forEach(document -> found.add(document.key().id()));
        }
        assertThat(found).containsExactlyElementsOf(IDS);
        assertThat(documents.read(keys)).hasSize(60);
    }

    @Test
    void feed_delivers_all_events_once_in_order_though_a_partition_is_split() {
        try (FeedInstance instance = start("one")) {
            appendToAll();
            awaitAll();
            server.split(database, "events");
            appendToAll();
            server.split(database, "events");
            appendToAll();
            awaitAll();
        }
    }

    // SDK classes OrderByDocumentProducer and DocumentProducer: the parts resume at the continuation of the whole
    @Test
    void ordered_query_of_the_sdk_survives_partition_split_between_pages() {
        CosmosAsyncContainer events = container();
        List<String> expected = write(events);

        List<String> found = new ArrayList<>();
        Iterable<FeedResponse<ObjectNode>> pages = events.queryItems(
                        "SELECT * FROM c WHERE c.kind = \"split\""
                                + " ORDER BY c.kind ASC, c.timestamp ASC, c.sequenceNumber ASC",
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .byPage(6)
                .toIterable(1);
        for (FeedResponse<ObjectNode> page : pages) {
            page.getResults().forEach(item -> found.add(item.path("timestamp").asText()));
            if (found.size() == 12) {
                server.split(database, "events");
            }
        }
        assertThat(server.requests(database).get("events/query")).isGreaterThan(4);

        assertThat(found).isEqualTo(expected);
    }

    // SDK method readMany: each physical partition gets the keys whose hash is its own
    @Test
    void reads_many_documents_of_every_partition_by_their_hash() {
        CosmosAsyncContainer events = container();
        write(events);
        List<CosmosItemIdentity> items = IntStream.range(0, 60)
                .mapToObj(i -> new CosmosItemIdentity(new PartitionKey("stream-" + i), "1"))
                .toList();

        for (int splits = 0; splits < 3; splits++) {
            assertThat(events.readMany(items, ObjectNode.class).block().getResults())
                    .extracting(item -> item.path("streamId").asText())
                    .doesNotHaveDuplicates()
                    .hasSize(60);
            server.split(database, "events");
        }
    }

    private CosmosAsyncContainer container() {
        return CosmosAccount.client().getDatabase(database).getContainer("events");
    }

    private static List<String> write(CosmosAsyncContainer events) {
        return IntStream.range(0, 60)
                .mapToObj(i -> {
                    String time = "2026-01-%02d".formatted(i);
                    events.createItem(JsonNodeFactory.instance
                                    .objectNode()
                                    .put("id", "1")
                                    .put("kind", "split")
                                    .put("streamId", "stream-" + i)
                                    .put("sequenceNumber", 1)
                                    .put("timestamp", time))
                            .block();
                    return time;
                })
                .sorted()
                .toList();
    }
}
