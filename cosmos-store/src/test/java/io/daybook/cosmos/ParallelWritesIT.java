package io.daybook.cosmos;

import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writes of documents while others are slow: the answer to these takes longer than any test. */
class ParallelWritesIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final int AT_ONCE = 8;
    private static CosmosTestServer server;
    private static ReadModelCollection documents;

    private final ExecutorService pages = Executors.newCachedThreadPool();

    @BeforeAll
    static void open() {
        server = CosmosAccount.server();
        documents = CosmosReadModelStore.builder(DATABASE.containers())
                .build()
                .open(new ReadModelSchema("parallel", 1, Set.of(), Set.of(), Map.of()));
    }

    @AfterEach
    void interruptWrites() {
        pages.shutdownNow();
    }

    private static CosmosFault slow() {
        return CosmosFault.on(DATABASE.name(), "parallel-1", "create").delay(Duration.ofMinutes(10));
    }

    private void write(String page, int count) {
        List<StoredDocument> written = IntStream.range(0, count)
                .mapToObj(i -> StoredDocument.builder(DocumentKey.of(page + i)).build())
                .toList();
        pages.submit(() -> documents.writeEach(written.stream().map(List::of).toList()));
    }

    private static int requests() {
        return server.requests(DATABASE.name()).getOrDefault("parallel-1/create", 0);
    }

    @Test
    void other_documents_of_a_page_are_written_while_one_is_slow() {
        server.inject(slow().times(1));

        write("page", 5 * AT_ONCE);

        Patience.await().until(() -> requests() == 5 * AT_ONCE);
    }

    @Test
    void pages_of_16_partitions_of_4_projections_are_written_at_the_same_time() {
        server.inject(slow());

        IntStream.range(0, 4 * 16).forEach(page -> write("page-" + page + "-", 2 * AT_ONCE));

        Patience.await().until(() -> requests() == 4 * 16 * AT_ONCE);
    }
}
