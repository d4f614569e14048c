package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.SeenEvents.Totals;
import io.daybook.cosmos.crash.JavaProcess;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.projection.ReadModel;
import io.daybook.projection.ReadModelNotReadyException;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Projectors on the feed, the event store and the read model store of Cosmos DB, over two physical partitions.
 *
 * <p>{@code -Ddaybook.projector.seed=} repeats a run, {@code -Ddaybook.soak.runs=} says how many there are, at most 10.
 */
@Tag("seeds")
class ProjectorCrashIT {

    private static final int ORDERS = 400;
    private static final int RUNS = Math.min(10, Integer.getInteger("daybook.soak.runs", 1));
    private static final long FIRST_SEED = Long.getLong("daybook.projector.seed", System.nanoTime());

    private final String database = CosmosAccount.newDatabase();
    private final List<JavaProcess> processes = new ArrayList<>();
    private CosmosTestServer server;
    private EventStore store;
    private final long[] versions = new long[ORDERS];

    @BeforeEach
    void createContainers() {
        server = CosmosAccount.server();
        CosmosContainers containers = CosmosContainers.in(CosmosAccount.client(), database);
        ThroughputProperties small = ThroughputProperties.createManualThroughput(400);
        containers.createIfMissing(ThroughputProperties.createManualThroughput(20_000), small, small);
        store = CosmosEventStore.of(containers, ContractEvent.serializer());
    }

    @AfterEach
    void end() {
        processes.forEach(JavaProcess::destroy);
        server.clear(database);
        CosmosAccount.delete(database);
    }

    private static StreamId order(int number) {
        return StreamId.of(SeenEvents.TYPE, "order-" + number);
    }

    private void append(int order, int count) {
        store.append(
                order(order),
                versions[order],
                ContractEvent.events(order(order), versions[order], count),
                AppendOptions.none());
        versions[order] += count;
    }

    /** Creates the containers of the read models before the processes do, so that they can be split. */
    private ReadModelCollection documents() {
        ReadModelStore readModels = ProjectorInstance.readModels(CosmosContainers.in(CosmosAccount.client(), database));
        readModels.open(SeenEvents.GROUPS.schema());
        return readModels.open(SeenEvents.PROJECTION.schema());
    }

    @Test
    void documents_equal_the_fold_of_their_streams() {
        try (Projector projector = ProjectorInstance.start(CosmosAccount.client(), database)) {
            IntStream.range(0, 40).forEach(order -> append(order, 1 + order % 4));
            projector.drain(Patience.LIMIT);

            ReadModel<SeenEvents> model = projector.readModel(SeenEvents.PROJECTION);
            for (int order = 0; order < 40; order++) {
                ReadDocument<SeenEvents> document = model.get("order-" + order).orElseThrow();
                assertThat(document.content()).isEqualTo(SeenEvents.of(store, order(order)));
                assertThat(document.token().versionOf(order(order))).hasValue(versions[order]);
            }
            projector.close();
            append(7, 2);
            ConsistencyToken token = ConsistencyToken.of(order(7), versions[7]);
            assertThat(model.get("order-7", token).orElseThrow().content()).isEqualTo(SeenEvents.of(store, order(7)));
        }
    }

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void no_document_is_wrong_though_a_process_is_killed_and_partitions_split(long seed) throws Exception {
        System.out.println("ProjectorCrashIT: repeat it with -Ddaybook.projector.seed=" + seed);
        Random random = new Random(seed);
        ReadModelCollection documents = documents();
        for (String container : List.of("seen-events-1", "seen-groups-1")) {
            server.inject(CosmosFault.on(database, container, "create|replace|batch")
                    .dropAfter()
                    .probability(0.02, random.nextInt()));
            server.inject(CosmosFault.on(database, container, "create|replace|batch|query|read")
                    .status(503)
                    .probability(0.02, random.nextInt()));
        }
        JavaProcess victim = startProcess();
        startProcess();
        int killed = ORDERS / 8 + random.nextInt(ORDERS / 2);
        int split = random.nextInt(ORDERS);
        for (int i = 0; i < ORDERS; i++) {
            append(i, 1 + random.nextInt(3));
            append(random.nextInt(i + 1), 1 + random.nextInt(2));
            if (i == split) {
                server.split(database, "events");
                server.split(database, "seen-events-1");
                server.split(database, "seen-groups-1");
            }
            if (i == killed) {
                victim.process().waitFor(random.nextInt(200), TimeUnit.MILLISECONDS);
                victim.kill();
                startProcess();
            }
        }
        List<DocumentKey> keys = IntStream.range(0, ORDERS)
                .mapToObj(order -> DocumentKey.of("order-" + order))
                .toList();
        Patience.await()
                .pollInterval(Duration.ofMillis(200))
                .ignoreException(ReadModelUnavailableException.class)
                .until(() -> {
                    Map<DocumentKey, StoredDocument> stored = documents.read(keys); // may fail as well
                    return IntStream.range(0, ORDERS)
                            .allMatch(order -> stored.containsKey(keys.get(order))
                                    && stored.get(keys.get(order)).sequenceNumber() == versions[order]);
                });
        server.clear(database);
        Map<DocumentKey, StoredDocument> stored = documents.read(keys);
        List<String> wrong = IntStream.range(0, ORDERS)
                .filter(order -> !stored.get(keys.get(order)).content().equals(expected(order)))
                .mapToObj(order ->
                        order(order) + ": " + stored.get(keys.get(order)).content())
                .toList();
        assertThat(wrong).as("wrong documents, seed " + seed).isEmpty();
        requireTotals(seed);
    }

    /** Each order is in one group, with all of its events. */
    private void requireTotals(long seed) {
        try (Projector projector = ProjectorInstance.start(CosmosAccount.client(), database)) {
            for (int i = 0; i < 3; i++) {
                String group = SeenEvents.groupOf(i);
                long[] members = LongStream.of(versions)
                        .filter(version -> SeenEvents.groupOf(version).equals(group))
                        .toArray();
                Totals expected =
                        new Totals(members.length, (int) LongStream.of(members).sum());
                Patience.await()
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreException(ReadModelNotReadyException.class) // until the build saw that it is complete
                        .untilAsserted(() -> assertThat(
                                        projector.readModel(SeenEvents.GROUPS).get(group))
                                .as("totals, seed " + seed)
                                .hasValueSatisfying(
                                        totals -> assertThat(totals.content()).isEqualTo(expected)));
            }
        }
    }

    private String expected(int order) {
        SeenEvents seen = SeenEvents.of(store, order(order));
        return "{\"count\":" + seen.count() + ",\"checksum\":" + seen.checksum() + "}";
    }

    private JavaProcess startProcess() {
        JavaProcess process = JavaProcess.start(ProjectorInstance.class, server.endpoint(), database);
        processes.add(process);
        return process;
    }
}
