package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletions that break off, lose replies, or meet an append. */
class StreamDeletionIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static CosmosTestServer server;
    private static CosmosContainers containers;

    private final CosmosEventStore store = CosmosEventStore.builder(containers, ContractEvent.serializer())
            .timeout(Duration.ofSeconds(10))
            .build();
    private final StreamId stream = StreamId.of("Contract", UUID.randomUUID().toString());

    @BeforeAll
    static void createContainers() {
        server = CosmosAccount.server();
        containers = DATABASE.containers();
    }

    private static CosmosFault onBatch() {
        return CosmosFault.on(DATABASE.name(), "events", "batch");
    }

    /** The last append is that of a command. */
    private void fill(int count) {
        for (int version = 0; version < count; version += 98) {
            store.append(
                    stream,
                    version,
                    ContractEvent.events(stream, version, Math.min(98, count - version)),
                    AppendOptions.none().idempotencyKey("c" + version, "f"));
        }
    }

    private List<ObjectNode> documents() {
        return documents("events", stream);
    }

    private static List<ObjectNode> documents(String container, StreamId stream) {
        return Objects.requireNonNull(CosmosAccount.client()
                .getDatabase(DATABASE.name())
                .getContainer(container)
                .queryItems(
                        "SELECT * FROM c",
                        new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey(stream.toString())),
                        ObjectNode.class)
                .collectList()
                .block(Patience.LIMIT));
    }

    private void assertOnlyTombstones() {
        assertThat(documents()).isNotEmpty().allSatisfy(document -> {
            assertThat(document.path("kind").asText()).isEqualTo("tombstone");
            assertThat(document.properties().stream()
                            .map(field -> field.getKey())
                            .filter(name -> !name.startsWith("_")))
                    .containsExactlyInAnyOrder("id", "kind", "streamId", "sequenceNumber");
        });
    }

    private void assertThatDeleted(ThrowingCallable access) {
        assertThatExceptionOfType(StreamDeletedException.class).isThrownBy(access);
    }

    static Stream<CosmosFault> faultsThatPass() {
        return Stream.of(
                onBatch().dropAfter(),
                onBatch().dropBefore(),
                onBatch().statusAfter(408),
                onBatch().status(408),
                onBatch().status(429).retryAfter(Duration.ofMillis(20)),
                onBatch().statusAfter(500),
                onBatch().status(503),
                CosmosFault.on(DATABASE.name(), "events", "query").status(503),
                CosmosFault.on(DATABASE.name(), "events", "query").dropAfter());
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void deletion_completes_when_one_request_of_each_step_fails(CosmosFault fault) {
        for (int step = 0; step < 4; step++) {
            StreamDeletionIT one = new StreamDeletionIT();
            one.fill(150);
            server.inject(fault.skip(step).times(1));

            store.delete(one.stream, 150);

            server.clear(DATABASE.name());
            one.assertOnlyTombstones();
            one.assertThatDeleted(() -> store.currentVersion(one.stream));
        }
    }

    /** Appends after each request of a deletion, so many times that a deletion that only follows it is still behind. */
    private final class FasterWriter {
        private final int eventsEachTime;
        private int timesLeft = 14;
        private long version;

        FasterWriter(int eventsEachTime) {
            this.eventsEachTime = eventsEachTime;
            append(1);
        }

        void after(CosmosOperation operation) {
            if (operation.name().equals("delete") && timesLeft > 0) {
                timesLeft--;
                for (int left = eventsEachTime; left > 0; left -= 98) {
                    append(Math.min(98, left));
                }
            }
        }

        private void append(int count) {
            version = store.append(stream, version, ContractEvent.events(stream, version, count), AppendOptions.none())
                    .toSequenceNumber();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 98, 196})
    void closes_a_stream_whose_writer_is_faster_each_time(int eventsEachTime) {
        FasterWriter writer = new FasterWriter(eventsEachTime);
        List<CosmosOperation> deletions = new CopyOnWriteArrayList<>();
        CosmosEventStore overtaken = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .observer(operation -> {
                    deletions.add(operation);
                    try {
                        writer.after(operation);
                    } catch (StreamDeletedException e) {
                        writer.timesLeft = 0; // closed
                    }
                })
                .build();

        overtaken.delete(stream);

        assertThat(deletions).hasSizeBetween(10, 60);
        assertThat(writer.version).isGreaterThan(6L * eventsEachTime);
        assertThatDeleted(() -> writer.append(1));
        assertThatDeleted(() -> store.currentVersion(stream));
        assertThatDeleted(() -> store.read(stream, 0, Long.MAX_VALUE).count());
        assertOnlyTombstones();
    }

    @Test
    void deletes_nothing_when_the_first_request_is_refused() {
        fill(3);
        server.inject(onBatch().status(403));

        EventStoreUnavailableException e =
                catchThrowableOfType(EventStoreUnavailableException.class, () -> store.delete(stream, 3));

        server.clear(DATABASE.name());
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(store.read(stream, 0, Long.MAX_VALUE)).hasSize(3);
    }

    /** Breaks off after so many batches: the first closes it, the second removes commands, each of the others 100 events. */
    private void breakOff(CosmosFault fault, int version) {
        server.inject(fault);
        EventStoreUnavailableException e =
                catchThrowableOfType(EventStoreUnavailableException.class, () -> store.delete(stream, version));
        server.clear(DATABASE.name());
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(e).hasMessageContaining("delete it again");
    }

    static Stream<CosmosFault> endsBetweenTwoSteps() {
        return Stream.concat(
                IntStream.rangeClosed(1, 4)
                        .mapToObj(batches -> onBatch().status(403).skip(batches)),
                IntStream.rangeClosed(0, 3)
                        .mapToObj(queries -> CosmosFault.on(DATABASE.name(), "events", "query")
                                .status(403)
                                .skip(queries)));
    }

    @ParameterizedTest
    @MethodSource("endsBetweenTwoSteps")
    void interrupted_deletion_has_closed_the_stream_and_can_be_finished(CosmosFault end) {
        fill(250);

        breakOff(end, 250);

        assertThatDeleted(() -> store.currentVersion(stream));
        for (int version : List.of(0, 50, 149, 150, 200, 249)) {
            assertThatDeleted(() -> store.read(stream, version, version + 1).findFirst());
            assertThatDeleted(() -> store.read(stream, version, Long.MAX_VALUE).toList());
            assertThatDeleted(() ->
                    store.append(stream, version, ContractEvent.events(stream, version, 1), AppendOptions.none()));
        }
        assertThatDeleted(() -> store.append(
                stream,
                250,
                ContractEvent.events(stream, 250, 1),
                AppendOptions.none().idempotencyKey("new", "f")));

        store.delete(stream, 250);
        assertOnlyTombstones();
        assertThat(documents())
                .as("including those at 0 and at the next number")
                .hasSize(252);
    }

    @Test
    void interrupted_deletion_leaves_the_first_events_without_a_gap_to_a_feed() {
        fill(700);

        breakOff(onBatch().status(403).skip(4), 700);

        List<Long> handed = new CopyOnWriteArrayList<>();
        try (Subscription subscription = CosmosEventFeedContractIT.feed(containers)
                .subscribe(
                        "deletion-" + UUID.randomUUID(),
                        StartPosition.BEGINNING,
                        page -> page.stream()
                                .filter(event -> event.metadata().aggregateId().equals(stream.aggregateId()))
                                .forEach(event -> handed.add(event.metadata().sequenceNumber())))) {
            Patience.await()
                    .until(() -> handed.contains(500L) && subscription.status().lag() <= 0);
        }
        assertThat(handed.stream().distinct().toList())
                .isEqualTo(LongStream.rangeClosed(1, 500).boxed().toList());

        store.delete(stream);
        assertOnlyTombstones();
    }

    private int batches() {
        return server.requests(DATABASE.name()).getOrDefault("events/batch", 0);
    }

    /** Deletes the stream while the last batch of an append is in progress, which the service executes late. */
    private void assertToldWhenDeletedMeanwhile(int batchesOfTheAppend) throws InterruptedException {
        int before = batches();
        List<Object> outcome = new CopyOnWriteArrayList<>();
        Thread writer = new Thread(() -> outcome.add(catchThrowable(() -> store.append(
                stream,
                1,
                ContractEvent.events(stream, 1, 1),
                AppendOptions.none().idempotencyKey("late", "f")))));
        writer.start();
        Patience.await().until(() -> batches() == before + batchesOfTheAppend);

        store.delete(stream);
        writer.join(Patience.LIMIT.toMillis());

        assertThat(outcome).singleElement().isInstanceOf(StreamDeletedException.class);
        assertOnlyTombstones();
    }

    @Test
    void append_in_progress_during_a_deletion_stores_nothing() throws InterruptedException {
        fill(1);
        server.inject(onBatch().late(Duration.ofSeconds(5)).times(1));

        assertToldWhenDeletedMeanwhile(1);
    }

    @Test
    void append_with_lost_reply_reports_that_the_stream_was_deleted() throws InterruptedException {
        fill(1);
        server.inject(onBatch().dropAfter().times(1));
        server.inject(onBatch().late(Duration.ofSeconds(5)).times(1));

        assertToldWhenDeletedMeanwhile(2);
        assertThat(documents()).as("the stored event was deleted").hasSize(4);
    }

    @Test
    void append_with_lost_request_does_not_finish_an_interrupted_deletion() {
        fill(3);
        breakOff(onBatch().status(403).skip(1), 3);
        server.inject(onBatch().dropBefore().times(1));
        server.inject(onBatch().status(403).skip(1)); // whatever is deleted

        assertThatDeleted(() -> store.append(stream, 3, ContractEvent.events(stream, 3, 1), AppendOptions.none()));

        server.clear(DATABASE.name());
        assertThat(documents()).anyMatch(EventDocuments::isEvent);
    }

    @Test
    void removes_append_behind_a_tombstone_after_a_lost_reply() {
        fill(2);
        store.delete(stream);
        server.inject(onBatch().dropAfter().times(1));

        assertThatDeleted(() -> store.append(stream, 3, ContractEvent.events(stream, 3, 2), AppendOptions.none()));

        assertOnlyTombstones();
    }

    @Test
    void next_deletion_removes_events_of_an_unanswered_append_behind_a_tombstone() {
        fill(2);
        store.delete(stream);
        CosmosEventStore impatient = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .timeout(Duration.ofSeconds(1))
                .build();
        server.inject(onBatch().dropAfter());
        EventStoreUnavailableException e = catchThrowableOfType(
                EventStoreUnavailableException.class,
                () -> impatient.append(stream, 3, ContractEvent.events(stream, 3, 2), AppendOptions.none()));
        server.clear(DATABASE.name());
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(documents()).anyMatch(EventDocuments::isEvent);

        store.delete(stream);

        assertOnlyTombstones();
    }

    @Test
    void deleted_aggregate_leaves_no_snapshot_and_is_rejected_when_cached() {
        AggregateRepository<Counter> here = AggregateRepository.of(
                        Counter.TYPE, CosmosEventStore.of(containers, Counter.serializer()))
                .snapshots(CosmosSnapshotStore.of(containers), SnapshotPolicy.everyEvents(1));
        AggregateRepository<Counter> there = here.cache(AggregateCache.inMemory(10));
        StreamId counted = StreamId.of("Counter", stream.aggregateId());
        here.create(counted.aggregateId(), UpdateContext.empty(), counter -> counter.count(1));
        there.update(counted.aggregateId(), UpdateContext.empty(), counter -> counter.count(1));
        assertThat(documents("snapshots", counted)).hasSize(1);

        here.delete(counted.aggregateId());

        assertThat(documents("snapshots", counted)).isEmpty();
        assertThat(documents("events", counted)).hasSize(4).allMatch(EventDocuments::isTombstone);
        assertThatDeleted(
                () -> there.update(counted.aggregateId(), UpdateContext.empty(), counter -> counter.count(1)));
        assertThatDeleted(() -> here.load(counted.aggregateId()));
    }
}
