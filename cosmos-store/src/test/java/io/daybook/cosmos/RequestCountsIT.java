package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.aggregate.UpdateResult;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many requests each thing takes, as the server counts them. */
class RequestCountsIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static CosmosTestServer server;
    private static CosmosContainers containers;

    private final CosmosEventStore store = CosmosEventStore.of(containers, Counter.serializer());
    private final AggregateRepository<Counter> plain = AggregateRepository.of(Counter.TYPE, store);
    private final String id = UUID.randomUUID().toString();

    @BeforeAll
    static void createContainers() {
        server = CosmosAccount.server();
        containers = DATABASE.containers();
        // The SDK asks once for the plan of each query text and for the partitions of each container.
        CosmosEventStore warm = CosmosEventStore.of(containers, Counter.serializer());
        AggregateRepository<Counter> counters = AggregateRepository.of(Counter.TYPE, warm)
                .snapshots(CosmosSnapshotStore.of(containers), SnapshotPolicy.everyEvents(1));
        counters.create("warm", UpdateContext.empty(), counter -> counter.count(1));
        counters.update("warm", UpdateContext.empty(), counter -> counter.count(1));
    }

    private static Map<String, Integer> requestsOf(Runnable work) {
        server.clear(DATABASE.name());
        work.run();
        return server.requests(DATABASE.name());
    }

    private static void count(Counter counter) {
        counter.count(1);
    }

    private UpdateResult<?> create(AggregateRepository<Counter> counters, int events) {
        return counters.create(id, UpdateContext.empty(), counter -> {
            for (int i = 0; i < events; i++) {
                counter.count(1);
            }
        });
    }

    private static UpdateContext command(String commandId) {
        return UpdateContext.builder().idempotencyKey(commandId, "fingerprint").build();
    }

    @Test
    void new_aggregate_takes_1() {
        assertThat(requestsOf(() -> create(plain, 3))).isEqualTo(Map.of("events/batch", 1));
    }

    @Test
    void new_aggregate_with_an_idempotency_key_takes_1() {
        assertThat(requestsOf(() -> plain.create(id, command("c"), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/batch", 1));
    }

    @Test
    void a_command_on_fewer_than_500_events_takes_2() {
        create(plain, 98);
        for (int i = 0; i < 4; i++) {
            plain.update(id, UpdateContext.empty(), counter -> {
                for (int j = 0; j < 98; j++) {
                    counter.count(1);
                }
            });
        }
        assertThat(plain.load(id).version()).isEqualTo(490);

        assertThat(requestsOf(() -> plain.update(id, command("c"), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/query", 1, "events/batch", 1));
    }

    @Test
    void a_command_on_an_aggregate_with_a_snapshot_takes_3() {
        AggregateRepository<Counter> snapshotting =
                plain.snapshots(CosmosSnapshotStore.of(containers), SnapshotPolicy.everyEvents(10));
        create(snapshotting, 10);

        assertThat(requestsOf(() -> snapshotting.update(id, UpdateContext.empty(), RequestCountsIT::count)))
                .isEqualTo(Map.of("snapshots/read", 1, "events/query", 1, "events/batch", 1));
        assertThat(snapshotting.load(id).total()).isEqualTo(11);
    }

    private AggregateRepository<Counter> cached() {
        return plain.cache(AggregateCache.inMemory(10));
    }

    @Test
    void a_command_on_a_state_in_memory_takes_1() {
        AggregateRepository<Counter> cached = cached();
        create(cached, 3);

        assertThat(requestsOf(() -> cached.update(id, command("c"), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/batch", 1));
    }

    @Test
    void a_conflict_adds_2_to_a_command_on_what_was_read() {
        create(plain, 3);

        Map<String, Integer> requests = requestsOf(() -> {
            boolean[] overtaken = new boolean[1];
            plain.update(id, UpdateContext.empty(), counter -> {
                if (!overtaken[0]) {
                    overtaken[0] = true;
                    plain.update(id, UpdateContext.empty(), RequestCountsIT::count); // takes a query and a batch itself
                }
                counter.count(1);
            });
        });
        assertThat(requests).isEqualTo(Map.of("events/query", 1 + 1 + 1, "events/batch", 1 + 1 + 1));
        assertThat(plain.load(id).total()).isEqualTo(5);
    }

    @Test
    void a_conflict_adds_2_to_a_command_on_a_state_in_memory() {
        AggregateRepository<Counter> cached = cached();
        create(cached, 3);
        plain.update(id, UpdateContext.empty(), RequestCountsIT::count);

        assertThat(requestsOf(() -> cached.update(id, UpdateContext.empty(), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/batch", 2, "events/query", 1));
        assertThat(plain.load(id).total()).isEqualTo(5);
    }

    @Test
    void recording_a_rejection_takes_1_more() {
        create(plain, 3);
        UpdateContext.Builder recording =
                UpdateContext.builder().idempotencyKey("c", "fingerprint").recordRejections();
        Runnable rejected = () -> assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> plain.update(id, recording.build(), counter -> counter.count(1_000_000)));

        assertThat(requestsOf(rejected)).isEqualTo(Map.of("events/query", 2, "events/read", 1, "events/create", 1));
        assertThat(requestsOf(() -> assertThatExceptionOfType(CommandRejectedException.class)
                        .isThrownBy(() -> plain.update(id, recording.build(), RequestCountsIT::count))))
                .isEqualTo(Map.of("events/query", 1, "events/batch", 1, "events/read", 1));
    }

    @Test
    void rejection_takes_one_more_request_for_the_latest_version() {
        create(plain, 3);

        assertThat(strategiesOf(() -> assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> plain.update(id, UpdateContext.empty(), counter -> {
                            throw new IllegalStateException("rejected");
                        }))))
                .isEqualTo(Map.of("events/query/Default", 1, "events/query/LatestCommitted", 1));
        assertThat(strategiesOf(() -> plain.update(id, UpdateContext.empty(), counter -> {})))
                .isEqualTo(Map.of("events/query/Default", 1, "events/query/LatestCommitted", 1));
        assertThat(strategiesOf(() -> assertThatExceptionOfType(AggregateNotFoundException.class)
                        .isThrownBy(() -> plain.update(id + "-none", UpdateContext.empty(), RequestCountsIT::count))))
                .isEqualTo(Map.of("events/query/Default", 1, "events/query/LatestCommitted", 1));
        assertThat(strategiesOf(() -> {
                    plain.find(id);
                    plain.load(id);
                    plain.update(id, UpdateContext.empty(), RequestCountsIT::count);
                }))
                .isEqualTo(Map.of("events/query/Default", 3));
    }

    private static Map<String, Integer> strategiesOf(Runnable work) {
        server.clear(DATABASE.name());
        work.run();
        Map<String, Integer> reads = new TreeMap<>(server.strategies(DATABASE.name()));
        reads.keySet().removeIf(kind -> kind.startsWith("events/batch") || kind.startsWith("events/plan"));
        return reads;
    }

    @Test
    void reads_conflicting_events_in_the_session_of_the_conflict() {
        AggregateRepository<Counter> cached = cached();
        create(cached, 3);
        plain.update(id, UpdateContext.empty(), RequestCountsIT::count);

        assertThat(strategiesOf(() -> cached.update(id, command("c"), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/query/Session", 1));
        assertThat(strategiesOf(() -> cached.update(id, command("c"), RequestCountsIT::count)))
                .isEqualTo(Map.of("events/read/Session", 1));
        assertThat(strategiesOf(() -> plain.delete(id)))
                .containsOnlyKeys("events/query/Default", "events/query/Session");
    }

    @Test
    void a_duplicate_takes_2_on_new_state_and_3_on_loaded_state() {
        plain.create(id, command("new"), RequestCountsIT::count);
        plain.update(id, command("loaded"), RequestCountsIT::count);

        assertThat(requestsOf(() -> assertThat(plain.create(id, command("new"), RequestCountsIT::count)
                                .duplicate())
                        .isTrue()))
                .isEqualTo(Map.of("events/batch", 1, "events/read", 1));
        assertThat(requestsOf(() -> assertThat(plain.update(id, command("loaded"), RequestCountsIT::count)
                                .duplicate())
                        .isTrue()))
                .isEqualTo(Map.of("events/query", 1, "events/batch", 1, "events/read", 1));
    }

    @Test
    void a_duplicate_on_a_state_in_memory_takes_2() {
        AggregateRepository<Counter> cached = cached();
        create(cached, 1);
        cached.update(id, command("c"), RequestCountsIT::count);

        assertThat(requestsOf(() -> assertThat(cached.update(id, command("c"), RequestCountsIT::count)
                                .duplicate())
                        .isTrue()))
                .isEqualTo(Map.of("events/batch", 1, "events/read", 1));
    }

    @Test
    void loading_10_000_events_takes_at_most_21() {
        AggregateRepository<Counter> filling = cached();
        create(filling, 80);
        for (int version = 80; version < 10_000; version += 80) {
            filling.update(id, UpdateContext.empty(), counter -> {
                for (int i = 0; i < 80; i++) {
                    counter.count(1);
                }
            });
        }

        Map<String, Integer> requests =
                requestsOf(() -> assertThat(plain.load(id).version()).isEqualTo(10_000));
        assertThat(requests).containsOnlyKeys("events/query");
        assertThat(requests.get("events/query")).isLessThanOrEqualTo(21);
    }

    @Test
    void observes_the_requests_that_the_server_counted() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = CosmosEventStore.builder(containers, Counter.serializer())
                .observer(operations::add)
                .build();
        AggregateRepository<Counter> counters = AggregateRepository.of(Counter.TYPE, observed);

        Map<String, Integer> requests = requestsOf(() -> {
            create(counters, 3);
            counters.update(id, UpdateContext.empty(), RequestCountsIT::count);
            observed.currentVersion(StreamId.of("Counter", id));
        });
        assertThat(operations)
                .extracting(CosmosOperation::name)
                .containsExactly("append", "read", "append", "currentVersion");
        assertThat(operations).noneMatch(CosmosOperation::failed).allSatisfy(operation -> {
            assertThat(operation.requestCharge()).isPositive();
            assertThat(operation.responseBytes()).isPositive();
            assertThat(operation.retries()).isZero();
        });
        assertThat(operations.stream().mapToInt(CosmosOperation::requests).sum())
                .isEqualTo(
                        requests.values().stream().mapToInt(Integer::intValue).sum());
    }

    private CosmosEventStore observed(List<CosmosOperation> operations) {
        return CosmosEventStore.builder(containers, ContractEvent.serializer())
                .eventsPerRequest(100)
                .observer(operations::add)
                .build();
    }

    private static int sum(Map<String, Integer> requests) {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void a_query_of_10_pages_takes_10_and_its_plan() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = observed(operations);
        for (int i = 0; i < 10; i++) {
            StreamId stream = StreamId.of("Contract", id + i);
            observed.append(
                    stream,
                    0,
                    LongStream.rangeClosed(1, 95)
                            .mapToObj(number -> {
                                ContractEvent.Counted event = new ContractEvent.Counted((int) number);
                                return EventEnvelope.of(
                                        ContractEvent.metadata(stream, number, event)
                                                .context(MessageContext.builder()
                                                        .correlationId(id)
                                                        .build())
                                                .build(),
                                        event);
                            })
                            .toList(),
                    AppendOptions.none());
        }
        operations.clear();

        Map<String, Integer> requests =
                requestsOf(() -> assertThat(observed.find(EventFilter.all().correlationId(id))
                                .map(event -> event.metadata().eventId())
                                .distinct())
                        .hasSize(950));
        assertThat(requests).isEqualTo(Map.of("events/plan", 1, "events/query", 10));
        assertThat(operations.stream().mapToInt(CosmosOperation::requests).sum())
                .isEqualTo(sum(requests));
        assertThat(operations.stream()
                        .mapToDouble(CosmosOperation::requestCharge)
                        .sum())
                .isBetween(27.9, 29.1); // the server says 2.8 for each
    }

    static Stream<EventFilter> queries() {
        EventFilter all = EventFilter.all();
        return Stream.of(
                all,
                all.aggregateType("Contract"),
                all.eventType("ContractCounted"),
                all.correlationId("a"),
                all.causationId("b"),
                all.userId("c"),
                all.commandId("d"),
                all.userId("c").aggregateType("Contract").commandId("d"),
                all.eventType("ContractCounted").from(Instant.EPOCH).until(Instant.now()));
    }

    /** The server charges a hundred times as much where it has to read what it sorts. */
    @ParameterizedTest
    @MethodSource("queries")
    void a_query_is_sorted_by_an_index_that_begins_with_its_filter(EventFilter filter) {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = observed(operations);
        StreamId stream = StreamId.of("Contract", id);
        observed.append(stream, 0, ContractEvent.events(stream, 0, 5), AppendOptions.none());
        operations.clear();

        observed.find(filter).limit(3).forEach(event -> {});
        observed.currentVersion(stream);

        assertThat(operations).extracting(CosmosOperation::name).contains("query", "currentVersion");
        assertThat(operations)
                .allSatisfy(operation -> assertThat(operation.requestCharge()).isBetween(2.0, 100.0));
    }

    @Test
    void counts_a_read_in_parts_as_several_requests() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = observed(operations);
        StreamId stream = StreamId.of("Contract", id);
        for (int version = 0; version < 40; version += 8) {
            List<EventEnvelope> large = LongStream.rangeClosed(version + 1, version + 8)
                    .mapToObj(number -> {
                        ContractEvent.Noted event =
                                new ContractEvent.Noted("x".repeat(190_000), BigDecimal.ONE, Instant.EPOCH);
                        return EventEnvelope.of(
                                ContractEvent.metadata(stream, number, event).build(), event);
                    })
                    .toList();
            observed.append(stream, version, large, AppendOptions.none());
        }
        operations.clear();

        Map<String, Integer> requests = requestsOf(
                () -> assertThat(observed.read(stream, 0, Long.MAX_VALUE)).hasSize(40));
        assertThat(requests.get("events/query")).isGreaterThan(1);
        assertThat(operations).extracting(CosmosOperation::requests).containsExactly(sum(requests));
    }

    @Test
    void deleting_250_events_takes_4_batches_and_3_queries() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = observed(operations);
        StreamId stream = StreamId.of("Contract", id);
        for (int version = 0; version < 250; version += 50) {
            observed.append(stream, version, ContractEvent.events(stream, version, 50), AppendOptions.none());
        }
        observed.delete(StreamId.of("Contract", "warm"), 0); // the plans of its queries
        operations.clear();

        Map<String, Integer> requests = requestsOf(() -> observed.delete(stream, 250));

        assertThat(requests).isEqualTo(Map.of("events/batch", 4, "events/query", 3));
        assertThat(operations).extracting(CosmosOperation::name).containsOnly("delete");
        assertThat(operations).noneMatch(CosmosOperation::failed);
        assertThat(operations.stream().mapToInt(CosmosOperation::requests).sum())
                .isEqualTo(sum(requests));
    }

    @Test
    void deleting_a_missing_snapshot_is_not_a_failure() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();

        CosmosSnapshotStore.builder(containers)
                .observer(operations::add)
                .build()
                .delete(StreamId.of("Counter", id));

        assertThat(operations).extracting(CosmosOperation::failed).containsExactly(false);
    }

    @Test
    void conflict_is_not_a_failure_of_the_store() {
        List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
        CosmosEventStore observed = observed(operations);
        StreamId stream = StreamId.of("Contract", id);
        observed.append(stream, 0, ContractEvent.events(stream, 0, 1), AppendOptions.none());

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> observed.append(stream, 0, ContractEvent.events(stream, 0, 1), AppendOptions.none()));
        assertThat(operations).extracting(CosmosOperation::failed).containsExactly(false, false);
    }
}
