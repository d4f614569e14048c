package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CompositePath;
import com.azure.cosmos.models.CompositePathSortOrder;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CosmosContainersIT {

    private final String database = CosmosAccount.newDatabase();
    private final CosmosAsyncClient client = CosmosAccount.client();
    private final CosmosContainers containers = CosmosContainers.in(client, database);

    @AfterEach
    void deleteDatabase() {
        CosmosAccount.delete(database);
    }

    private CosmosContainerProperties properties(String container) {
        return client.getDatabase(database)
                .getContainer(container)
                .read()
                .block()
                .getProperties();
    }

    @Test
    void creates_what_is_missing_and_leaves_what_is_there() {
        containers.createIfMissing();
        containers.createIfMissing();

        assertThat(properties("events").getPartitionKeyDefinition().getPaths()).containsExactly("/streamId");
        assertThat(properties("events").getDefaultTimeToLiveInSeconds()).isEqualTo(-1);
        assertThat(properties("events").getIndexingPolicy().getIncludedPaths())
                .extracting("path")
                .contains("/streamId/?", "/sequenceNumber/?", "/correlationId/?")
                .doesNotContain("/*", "/data/*");
        assertThat(properties("snapshots").getPartitionKeyDefinition().getPaths())
                .containsExactly("/streamId");
        assertThat(properties("leases").getPartitionKeyDefinition().getPaths()).containsExactly("/id");
        assertThat(properties("leases").getDefaultTimeToLiveInSeconds()).isEqualTo(-1);
    }

    @Test
    void one_name_for_two_containers_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> containers.named("one", "one", "leases"));
        assertThatIllegalArgumentException().isThrownBy(() -> containers.named("events", "one", "one"));
    }

    @Test
    void creates_containers_with_given_names_and_throughput() {
        containers
                .named("e", "s", "l")
                .createIfMissing(
                        ThroughputProperties.createAutoscaledThroughput(4_000),
                        ThroughputProperties.createManualThroughput(500),
                        ThroughputProperties.createManualThroughput(400));

        CosmosAsyncDatabase created = client.getDatabase(database);
        assertThat(created.getContainer("e")
                        .readThroughput()
                        .block()
                        .getProperties()
                        .getAutoscaleMaxThroughput())
                .isEqualTo(4_000);
        assertThat(created.getContainer("s")
                        .readThroughput()
                        .block()
                        .getProperties()
                        .getManualThroughput())
                .isEqualTo(500);
    }

    private static final ThroughputProperties LEAST = ThroughputProperties.createManualThroughput(400);

    @Test
    void creates_containers_that_share_a_throughput_where_it_is_limited() {
        CosmosAccount.server().limitThroughput(database);

        containers.createIfMissing(LEAST);
        containers.createIfMissing(LEAST);

        CosmosAsyncDatabase created = client.getDatabase(database);
        assertThat(created.readThroughput().block().getProperties().getManualThroughput())
                .isEqualTo(400);
        for (String container : List.of("events", "snapshots", "leases")) {
            assertThatExceptionOfType(CosmosException.class)
                    .isThrownBy(() ->
                            created.getContainer(container).readThroughput().block());
        }
        CosmosEventStore.of(containers, ContractEvent.serializer());
    }

    @Test
    void creates_containers_with_their_own_throughput_where_it_is_limited() {
        CosmosAccount.server().limitThroughput(database);

        containers.createIfMissing(LEAST, LEAST, LEAST);

        assertThat(properties("leases").getDefaultTimeToLiveInSeconds()).isEqualTo(-1);
    }

    @Test
    void says_why_containers_without_throughput_were_refused() {
        CosmosAccount.server().limitThroughput(database);

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(containers::createIfMissing)
                .withMessageContaining("403/0")
                .withMessageContaining("pass a throughput to createIfMissing");
    }

    @Test
    void refuses_a_database_without_throughput_to_share() {
        client.createDatabase(database).block();

        assertThatIllegalStateException()
                .isThrownBy(() -> containers.createIfMissing(LEAST))
                .withMessageContaining("the database " + database + " has no shared throughput");
    }

    @Test
    void many_instances_may_create_them_at_the_same_time() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Boolean> create = () -> {
                CosmosContainers.in(client, database).createIfMissing();
                return true;
            };
            List<Future<Boolean>> created = threads.invokeAll(
                    IntStream.range(0, 8).mapToObj(i -> create).toList());
            for (Future<Boolean> one : created) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void create(CosmosContainerProperties properties) {
        client.createDatabaseIfNotExists(database).block();
        client.getDatabase(database).createContainerIfNotExists(properties).block();
    }

    @Test
    void refuses_misconfigured_containers_and_lists_the_differences() {
        create(new CosmosContainerProperties("events", "/id").setDefaultTimeToLiveInSeconds(3_600));

        assertThatIllegalStateException()
                .isThrownBy(containers::createIfMissing)
                .withMessageContaining("container events")
                .withMessageContaining("its partition key is /id, but must be /streamId")
                .withMessageContaining("time to live is 3600: set it to -1")
                .withMessageContaining("lacks composite indexes")
                .withMessageContaining(
                        "[{\"path\": \"/streamId\", \"order\": \"ascending\"}, {\"path\": \"/sequenceNumber\"");
        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosEventStore.of(containers, ContractEvent.serializer()))
                .withMessageContaining("must be /streamId");
    }

    @Test
    void refuses_a_container_of_events_without_time_to_live() {
        create(new CosmosContainerProperties("events", "/streamId"));

        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosEventStore.of(containers, ContractEvent.serializer()))
                .withMessageContaining("time to live is not set: set it to -1");
    }

    @Test
    void refuses_containers_of_snapshots_and_leases_that_do_not_fit() {
        containers.createIfMissing();
        create(new CosmosContainerProperties("wrong", "/wrong").setDefaultTimeToLiveInSeconds(60));

        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosSnapshotStore.of(containers.named("events", "wrong", "leases")))
                .withMessageContaining("but must be /streamId");
        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosEventFeed.of(
                        containers.named("events", "snapshots", "wrong"), ContractEvent.serializer()))
                .withMessageContaining("but must be /id")
                .withMessageContaining("deletes the progress of feeds");
    }

    @Test
    void refuses_leases_without_time_to_live_and_says_how_to_set_it() {
        containers.createIfMissing();
        create(new CosmosContainerProperties("no-ttl", properties("leases").getPartitionKeyDefinition()));

        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosEventFeed.of(
                        containers.named("events", "snapshots", "no-ttl"), ContractEvent.serializer()))
                .withMessageContaining("default time to live is not set, but must be -1")
                .withMessageContaining("On (no default)")
                .withMessageContaining("--database-name " + database + " --name no-ttl --ttl=-1");
    }

    @Test
    void a_container_that_does_not_exist_is_reported_with_what_to_do() {
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> CosmosEventStore.of(containers, ContractEvent.serializer()))
                .withMessageContaining("createIfMissing");
    }

    @Test
    void reports_a_container_that_was_deleted_under_a_running_store() {
        containers.createIfMissing();
        AggregateRepository<Counter> counters =
                AggregateRepository.of(Counter.TYPE, CosmosEventStore.of(containers, Counter.serializer()));
        counters.create("1", UpdateContext.empty(), counter -> counter.count(1));
        client.getDatabase(database).getContainer("events").delete().block();

        for (ThrowingCallable access : List.<ThrowingCallable>of(
                () -> counters.create("2", UpdateContext.empty(), counter -> counter.count(1)),
                () -> counters.load("1"))) {
            assertThatExceptionOfType(EventStoreUnavailableException.class)
                    .isThrownBy(access)
                    .withMessageContaining("createIfMissing")
                    .returns(Outcome.NOT_STORED, EventStoreUnavailableException::outcome);
        }
    }

    @Test
    void partition_keys_may_be_longer_than_101_bytes() {
        containers.createIfMissing();

        for (String container : List.of("events", "snapshots", "leases")) {
            assertThat(properties(container).getPartitionKeyDefinition().getVersion())
                    .isEqualTo(PartitionKeyDefinitionVersion.V2);
        }
        create(new CosmosContainerProperties("short", "/streamId"));
        assertThatIllegalStateException()
                .isThrownBy(() -> CosmosSnapshotStore.of(containers.named("events", "short", "leases")))
                .withMessageContaining("101 bytes");
    }

    private void createEvents(String name, List<List<CompositePath>> composites) {
        CosmosContainerProperties fitting = properties("events");
        create(new CosmosContainerProperties(name, fitting.getPartitionKeyDefinition())
                .setDefaultTimeToLiveInSeconds(-1)
                .setIndexingPolicy(fitting.getIndexingPolicy().setCompositeIndexes(composites)));
    }

    private CosmosEventStore storeIn(String events) {
        return CosmosEventStore.of(containers.named(events, "snapshots", "leases"), ContractEvent.serializer());
    }

    private List<List<CompositePath>> composites() {
        return properties("events").getIndexingPolicy().getCompositeIndexes();
    }

    @Test
    void refuses_a_composite_index_that_goes_up_and_down() {
        containers.createIfMissing();
        List<List<CompositePath>> mixed = composites();
        mixed.get(0).get(1).setOrder(CompositePathSortOrder.DESCENDING);
        createEvents("mixed", mixed);

        assertThatIllegalStateException()
                .isThrownBy(() -> storeIn("mixed"))
                .withMessageContaining("\"/streamId\"")
                .withMessageNotContaining("\"/timestamp\"");
    }

    @Test
    void takes_a_composite_index_that_goes_down_and_others_beside_it() {
        containers.createIfMissing();
        List<List<CompositePath>> composites = new ArrayList<>(composites());
        composites.get(0).forEach(path -> path.setOrder(CompositePathSortOrder.DESCENDING));
        composites.add(List.of(new CompositePath().setPath("/timestamp"), new CompositePath().setPath("/aggregateId")));
        createEvents("more", composites);

        assertThat(storeIn("more").currentVersion(StreamId.of("Contract", "none")))
                .isZero();
    }

    @Test
    void names_the_missing_indexes_of_an_existing_container() throws Exception {
        containers.createIfMissing();
        createEvents(
                "old",
                List.of(List.of(
                        new CompositePath().setPath("/timestamp"), new CompositePath().setPath("/sequenceNumber"))));

        IllegalStateException refused = catchThrowableOfType(IllegalStateException.class, () -> storeIn("old"));

        assertThat(refused).hasMessageContaining("docs/operations.md");
        String message = refused.getMessage();
        JsonNode named = new ObjectMapper()
                .readTree("[" + message.substring(message.indexOf("[{"), message.lastIndexOf("}]") + 2) + "]");
        List<List<CompositePath>> added = new ArrayList<>();
        for (JsonNode index : named) {
            List<CompositePath> paths = new ArrayList<>();
            index.forEach(path ->
                    paths.add(new CompositePath().setPath(path.path("path").asText())));
            added.add(paths);
        }
        createEvents("corrected", added);
        storeIn("corrected");
    }

    @Test
    void interrupted_check_of_the_containers_is_unavailable() {
        containers.createIfMissing();

        try {
            assertInterruptIsReported(() -> CosmosEventStore.of(containers, ContractEvent.serializer()));
            assertInterruptIsReported(containers::createIfMissing);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** An answer that is there already is taken in spite of an interrupt, so this looks until one has to be waited for. */
    private static void assertInterruptIsReported(Runnable look) {
        for (int i = 0; i < 100; i++) {
            Thread.currentThread().interrupt();
            try {
                look.run();
            } catch (EventStoreUnavailableException e) {
                return;
            }
        }
        fail("no look of 100 was interrupted");
    }
}
