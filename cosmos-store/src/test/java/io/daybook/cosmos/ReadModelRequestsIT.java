package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadModel;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many requests read models take, as the data model's page states them. */
class ReadModelRequestsIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final ReadModelSchema SCHEMA = new ReadModelSchema(
            "counts", 1, Set.of("customer", "changed"), Set.of(), Map.of("changed", Set.of("customer")));
    private static final List<CosmosOperation> OPERATIONS = new CopyOnWriteArrayList<>();
    private static CosmosTestServer server;
    private static ReadModelCollection documents;
    private static EventStore events;

    @BeforeAll
    static void open() {
        server = CosmosAccount.server();
        documents = CosmosReadModelStore.builder(DATABASE.containers())
                .throughput(ThroughputProperties.createManualThroughput(20_000)) // two physical partitions
                .observer(OPERATIONS::add)
                .build()
                .open(SCHEMA);
        events = CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer());
        for (int i = 0; i < 50; i++) {
            documents.write(List.of(document(i).build()));
        }
        documents.read(List.of(key(1), key(2))); // the client now knows the partitions
    }

    @BeforeEach
    void clear() {
        server.clear(DATABASE.name());
        OPERATIONS.clear();
    }

    private static DocumentKey key(int number) {
        return DocumentKey.of("document-" + number);
    }

    private static StoredDocument.Builder document(int number) {
        return StoredDocument.builder(key(number))
                .content("{}")
                .listed(true)
                .indexValues(Map.of("customer", List.of("alice"), "changed", List.of("2026-01-" + (10 + number))));
    }

    private static void assertRequests(Map<String, Integer> expected) {
        assertThat(server.requests(DATABASE.name())).isEqualTo(expected);
        assertThat(OPERATIONS.stream().mapToInt(CosmosOperation::requests).sum())
                .as("as the observer counts them")
                .isEqualTo(
                        expected.values().stream().mapToInt(Integer::intValue).sum());
        assertThat(OPERATIONS).allSatisfy(operation -> {
            assertThat(operation.failed()).isFalse();
            assertThat(operation.requestCharge()).isPositive();
        });
    }

    @Test
    void one_document_takes_one_point_read() {
        documents.read(List.of(key(1)));

        assertRequests(Map.of("counts-1/read", 1));
        assertThat(OPERATIONS).extracting(CosmosOperation::name).containsExactly("readDocuments");
    }

    @Test
    void many_documents_take_one_query_per_physical_partition() {
        documents.read(IntStream.range(0, 50).mapToObj(ReadModelRequestsIT::key).toList());

        assertRequests(Map.of("counts-1/query", 2));
    }

    @Test
    void write_takes_one_request_however_many_documents_it_has() {
        documents.write(List.of(document(1_000).build()));
        assertRequests(Map.of("counts-1/create", 1));

        clear();
        StoredDocument stored = documents.read(List.of(key(1_000))).get(key(1_000));
        documents.write(List.of(stored.next().build()));
        assertRequests(Map.of("counts-1/read", 1, "counts-1/replace", 1));

        clear();
        documents.write(IntStream.range(0, 20)
                .mapToObj(i -> StoredDocument.builder(new DocumentKey("g", "row-" + i))
                        .content("{}")
                        .build())
                .toList());
        assertRequests(Map.of("counts-1/batch", 1));
        assertThat(OPERATIONS).extracting(CosmosOperation::name).containsExactly("writeDocuments");
    }

    @Test
    void page_of_a_list_takes_a_plan_and_a_query_per_physical_partition() {
        Filter filter = Filter.where("customer")
                .is("alice")
                .orderBy("changed")
                .descending()
                .limit(20);
        List<StoredDocument> first = documents.find(filter, Optional.empty());
        assertThat(first).hasSize(20);
        assertRequests(Map.of("counts-1/plan", 1, "counts-1/query", 2));
        // each query begins with what it asks to be equal, so the service reads no more documents than the page has
        assertThat(OPERATIONS.get(0).requestCharge()).isLessThan(10);

        clear();
        documents.find(filter, Optional.of(PagePosition.of(filter, first.get(19))));
        assertRequests(Map.of("counts-1/plan", 1, "counts-1/query", 2));
    }

    @Test
    void documents_of_one_partition_take_one_query() {
        documents.scan(Scan.partition("g"), "");

        assertThat(server.requests(DATABASE.name()).get("counts-1/query")).isOne();
    }

    private static void append(String type, int streams, int each) {
        for (int i = 0; i < streams; i++) {
            StreamId stream = StreamId.of(type, "" + i);
            events.append(stream, 0, ContractEvent.events(stream, 0, each), AppendOptions.none());
        }
    }

    @Test
    void projecting_takes_a_read_per_page_and_a_write_per_document_and_page() {
        append(SeenEvents.TYPE, 30, 3);
        try (Projector projector = ProjectorInstance.start(CosmosAccount.client(), DATABASE.name())) {
            projector.drain(Patience.LIMIT);
            ReadModel<SeenEvents> model = projector.readModel(SeenEvents.PROJECTION);
            assertThat(model.get("7").orElseThrow().content().count()).isEqualTo(3);
            Map<String, Integer> requests = server.requests(DATABASE.name());

            // pages of 20 documents: a document whose events are in two pages is written twice
            assertThat(requests.get("seen-events-1/create")).isGreaterThanOrEqualTo(30);
            int writes = requests.get("seen-events-1/create") + requests.getOrDefault("seen-events-1/replace", 0);
            assertThat(writes).isLessThanOrEqualTo(45);
            assertThat(requests.getOrDefault("seen-events-1/query", 0))
                    .as("none while it is built")
                    .isLessThanOrEqualTo(2 * 10);

            clear();
            model.get("7");
            assertThat(server.requests(DATABASE.name()).get("seen-events-1/read"))
                    .isOne();
            assertThat(server.requests(DATABASE.name())).doesNotContainKey("events/query");
        }
    }

    @Test
    void scan_of_all_events_takes_at_most_a_fiftieth_of_a_request_per_event() {
        append("Scanned", 100, 20);
        clear();
        int found = 0;
        for (String range : events.scanRanges()) {
            String next = "";
            do {
                ScanPage page = events.scan(range, next);
                found += page.events().size();
                assertThat(page.remaining()).isBetween(0L, 4_000L);
                next = page.next();
            } while (!next.isEmpty());
        }

        assertThat(found).isGreaterThanOrEqualTo(2_000);
        assertThat(server.requests(DATABASE.name()).get("events/feed")).isLessThanOrEqualTo(found / 50);
    }
}
