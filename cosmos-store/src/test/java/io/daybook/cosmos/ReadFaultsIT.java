package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads, queries and snapshots while things go wrong, and what is particular to this store. */
class ReadFaultsIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.partitioned();

    private static final StreamId STREAM = StreamId.of("Contract", "read-faults");
    private static CosmosTestServer server;
    private static CosmosContainers containers;
    private static CosmosEventStore store;
    private static CosmosSnapshotStore snapshots;

    private final String mark = UUID.randomUUID().toString();
    private final StreamId stream = StreamId.of("Contract", mark);

    /** The state that is saved. */
    record State(String text) {}

    @BeforeAll
    static void fill() {
        server = CosmosAccount.server();
        containers = DATABASE.containers();
        store = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .eventsPerRequest(100)
                .timeout(Duration.ofSeconds(15))
                .build();
        snapshots = CosmosSnapshotStore.of(containers);
        for (int version = 0; version < 250; version += 50) {
            store.append(
                    STREAM,
                    version,
                    ContractEvent.events(STREAM, version, 50),
                    AppendOptions.none().idempotencyKey("command-" + version, "f"));
        }
    }

    private static CosmosFault on(String kinds) {
        return CosmosFault.on(DATABASE.name(), "events", kinds);
    }

    static Stream<CosmosFault> faultsThatPass() {
        CosmosFault onReads = on("query|plan|read");
        return Stream.of(
                onReads.dropBefore(),
                onReads.dropAfter(),
                onReads.status(408),
                onReads.status(410),
                onReads.status(429).retryAfter(Duration.ofMillis(20)),
                onReads.status(449),
                onReads.status(403).substatus(1008),
                onReads.status(404).substatus(1002),
                onReads.status(404).substatus(1024),
                onReads.status(500),
                onReads.status(503),
                onReads.delay(Duration.ofMillis(200)));
    }

    private static List<Long> numbers(Stream<EventEnvelope> events) {
        return events.map(event -> event.metadata().sequenceNumber()).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void every_kind_of_reading_gets_over_a_fault(CosmosFault fault) {
        server.inject(fault.times(2));
        assertThat(numbers(store.read(STREAM, 0, Long.MAX_VALUE))).isEqualTo(upTo(250));
        server.inject(fault.times(2));
        assertThat(store.currentVersion(STREAM)).isEqualTo(250);
        server.inject(fault.times(2));
        assertThat(store.findCommand(STREAM, "command-100")).isPresent();
        server.inject(fault.times(2));
        assertThat(numbers(
                        store.find(EventFilter.all().aggregateType("Contract").eventType("ContractCounted"))))
                .hasSizeGreaterThanOrEqualTo(250);
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void snapshots_get_over_a_fault(CosmosFault ignored) {
        CosmosFault fault = CosmosFault.on(DATABASE.name(), "snapshots", "read|create|replace");
        for (CosmosFault each : List.of(fault.dropAfter(), fault.dropBefore(), fault.status(503), fault.status(449))) {
            for (int version = 1; version < 4; version++) {
                server.inject(each.times(1));
                snapshots.save(new Snapshot<>(stream, version, "e" + version, 1, new State("s" + version)));
            }
            snapshots.save(new Snapshot<>(stream, 2, "e2", 1, new State("older")));
            server.inject(each.times(1));
            assertThat(snapshots.load(stream, State.class, 1))
                    .hasValue(new Snapshot<>(stream, 3, "e3", 1, new State("s3")));
            server.clear(DATABASE.name());
            snapshots.delete(stream);
        }
    }

    @Test
    void a_store_that_stays_away_is_reported_as_such() {
        server.inject(on("query|plan|read").status(503));

        for (Supplier<?> read : List.<Supplier<?>>of(
                () -> store.read(STREAM, 0, 10).count(),
                () -> store.currentVersion(STREAM),
                () -> store.findCommand(STREAM, "command-0"),
                () -> store.find(EventFilter.all().userId("unknown")).count())) {
            assertThatExceptionOfType(EventStoreUnavailableException.class)
                    .isThrownBy(read::get)
                    .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED))
                    .withMessageContaining("503");
        }
    }

    @Test
    void a_read_that_hangs_is_left_at_the_bound() {
        CosmosEventStore impatient = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .timeout(Duration.ofSeconds(1))
                .build();
        server.inject(on("query").delay(Patience.LIMIT.multipliedBy(2)));
        long start = System.nanoTime();

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> impatient.read(STREAM, 0, 10).count());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
    }

    @Test
    void a_gap_is_an_error_and_never_skipped() {
        store.append(stream, 0, ContractEvent.events(stream, 0, 5), AppendOptions.none());
        CosmosAccount.client()
                .getDatabase(DATABASE.name())
                .getContainer("events")
                .deleteItem(EventDocuments.eventId(3), new com.azure.cosmos.models.PartitionKey(stream.toString()))
                .block();

        assertThat(numbers(store.read(stream, 0, 2))).containsExactly(1L, 2L);
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> store.read(stream, 0, Long.MAX_VALUE).count())
                .withMessageContaining("number 3 of " + stream + " is missing");
    }

    @Test
    void a_query_across_physical_partitions_is_in_order() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < 30; i++) {
            StreamId each = StreamId.of("Contract", mark + "-" + i);
            for (int number = 1; number <= 10; number++) {
                Counted event = new Counted(number);
                EventMetadata metadata = ContractEvent.metadata(each, number, event)
                        .timestamp(start.plusMillis((i * 7L + number * 13L) % 50))
                        .context(MessageContext.builder().correlationId(mark).build())
                        .build();
                store.append(each, number - 1, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());
            }
        }

        List<EventEnvelope> found =
                store.find(EventFilter.all().correlationId(mark)).toList();
        assertThat(found)
                .hasSize(300)
                .isSortedAccordingTo(Comparator.comparing(
                                (EventEnvelope event) -> event.metadata().timestamp())
                        .thenComparing(event -> event.metadata().sequenceNumber()));
        assertThat(found).extracting(event -> event.metadata().eventId()).doesNotHaveDuplicates();
    }

    @Test
    void query_outside_the_years_of_events_finds_all_or_nothing() {
        assertThat(store.find(EventFilter.all().until(Instant.MIN))).isEmpty();
        assertThat(store.find(EventFilter.all().from(Instant.MAX))).isEmpty();
        assertThat(store.find(EventFilter.all().from(Instant.MIN).until(Instant.MAX)))
                .isNotEmpty();
    }

    @Test
    void metadata_count_where_an_append_is_too_large() {
        List<EventEnvelope> events = LongStream.rangeClosed(1, 40)
                .mapToObj(number -> {
                    Counted event = new Counted(1);
                    EventMetadata metadata = ContractEvent.metadata(stream, number, event)
                            .context(MessageContext.of(
                                    null, null, null, Map.of("a", "x".repeat(30_000), "b", "x".repeat(30_000))))
                            .build();
                    return EventEnvelope.of(metadata, event);
                })
                .toList();

        server.clear(DATABASE.name());
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> store.append(stream, 0, events, AppendOptions.none()));
        assertThat(server.requests(DATABASE.name())).isEmpty();
    }

    @Test
    void does_not_save_a_snapshot_that_is_too_large() {
        snapshots.save(new Snapshot<>(stream, 1, "e1", 1, new State("small")));

        snapshots.save(new Snapshot<>(stream, 2, "e2", 1, new State("x".repeat(1_500_000))));

        assertThat(snapshots.load(stream, State.class, 1))
                .hasValue(new Snapshot<>(stream, 1, "e1", 1, new State("small")));
    }
}
