package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.models.PartitionKey;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Appends whose request or reply is lost, refused, late or throttled. */
class LostReplyIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static CosmosTestServer server;
    private static CosmosContainers containers;

    private final CosmosEventStore store = CosmosEventStore.builder(containers, ContractEvent.serializer())
            .timeout(Duration.ofSeconds(60))
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

    private List<EventEnvelope> events(long after, int count) {
        return ContractEvent.events(stream, after, count);
    }

    private List<String> storedIds() {
        return store.read(stream, 0, Long.MAX_VALUE)
                .map(event -> event.metadata().eventId())
                .toList();
    }

    private static List<String> ids(List<EventEnvelope> events) {
        return events.stream().map(event -> event.metadata().eventId()).toList();
    }

    private static AppendOptions command() {
        return AppendOptions.none().idempotencyKey("cmd", "print");
    }

    static Stream<CosmosFault> faultsThatPass() {
        return Stream.of(
                onBatch().dropAfter(),
                onBatch().dropBefore(),
                onBatch().statusAfter(408),
                onBatch().status(408),
                onBatch().statusAfter(410),
                onBatch().status(410),
                onBatch().status(429).retryAfter(Duration.ofMillis(20)),
                onBatch().status(449),
                onBatch().status(403).substatus(3),
                onBatch().status(403).substatus(1008),
                onBatch().status(404).substatus(1002),
                onBatch().status(404).substatus(1024),
                onBatch().statusAfter(500),
                onBatch().status(500),
                onBatch().statusAfter(503),
                onBatch().status(503),
                onBatch().delay(Duration.ofMillis(300)));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void append_is_stored_once_after_failed_attempts(CosmosFault fault) {
        List<EventEnvelope> first = events(0, 3);
        server.inject(fault.times(2));
        assertThat(store.append(stream, 0, first, AppendOptions.none())).isEqualTo(new AppendResult(1, 3, false));

        List<EventEnvelope> second = events(3, 2);
        server.inject(fault.times(2));
        assertThat(store.append(stream, 3, second, command())).isEqualTo(new AppendResult(4, 5, false));

        assertThat(storedIds())
                .isEqualTo(
                        Stream.concat(ids(first).stream(), ids(second).stream()).toList());
        assertThat(store.findCommand(stream, "cmd")).hasValue(new HandledCommand("cmd", "print", 4, 5));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void conflict_stays_a_conflict_after_failed_attempts(CosmosFault fault) {
        store.append(stream, 0, events(0, 2), AppendOptions.none());
        server.inject(fault.times(2));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> store.append(stream, 1, events(1, 1), command()))
                .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(2));
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
        assertThat(storedIds()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void duplicate_stays_a_duplicate_after_failed_attempts(CosmosFault fault) {
        store.append(stream, 0, events(0, 2), command());
        server.inject(fault.times(2));

        assertThat(store.append(stream, 2, events(2, 1), command())).isEqualTo(new AppendResult(1, 2, true));
        assertThat(storedIds()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void rejection_is_recorded_once_after_failed_attempts(CosmosFault fault) {
        IdempotencyKey key = new IdempotencyKey("cmd", "print");
        server.inject(fault.onKind("create").times(2));
        HandledCommand rejected = store.recordRejection(stream, key, "com.example.SoldOut");
        server.inject(fault.onKind("create").times(2));

        assertThat(rejected).isEqualTo(HandledCommand.rejected(key, "com.example.SoldOut"));
        assertThat(store.recordRejection(stream, key, "com.example.Other")).isEqualTo(rejected);
        server.inject(fault.times(2));
        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> store.append(stream, 0, events(0, 1), command()));
        assertThat(storedIds()).isEmpty();
    }

    @Test
    void rejection_that_cannot_be_recorded_is_reported() {
        CosmosEventStore hasty = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .timeout(Duration.ofMillis(300))
                .build();
        server.inject(CosmosFault.on(DATABASE.name(), "events", "create").status(503));

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> hasty.recordRejection(stream, new IdempotencyKey("cmd", "print"), "com.example.E"));
    }

    @Test
    void lost_reply_is_not_mistaken_for_another_writer() {
        List<EventEnvelope> mine = events(0, 2);
        server.inject(onBatch().dropAfter().times(1));
        server.inject(onBatch().delay(Duration.ofMillis(500)).times(1));
        Thread other = new Thread(() -> {
            while (store.currentVersion(stream) < 2) {
                Thread.onSpinWait();
            }
            store.append(stream, 2, events(2, 1), AppendOptions.none());
        });
        other.start();

        assertThat(store.append(stream, 0, mine, AppendOptions.none())).isEqualTo(new AppendResult(1, 2, false));
        join(other);
        assertThat(storedIds()).hasSize(3).startsWith(ids(mine).toArray(String[]::new));
    }

    private static void join(Thread thread) {
        try {
            thread.join(Patience.LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private EventStoreUnavailableException refused(AppendOptions options) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                EventStoreUnavailableException.class, () -> store.append(stream, 0, events(0, 1), options));
    }

    @Test
    void unanswered_append_is_unknown_at_its_timeout() {
        server.inject(onBatch().dropAfter());
        long start = System.nanoTime();

        EventStoreUnavailableException e = refused(command().timeout(CommandTimeout.after(Duration.ofSeconds(4))));

        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
        server.clear(DATABASE.name());
        assertThat(storedIds()).hasSize(1);
        assertThat(store.append(stream, 1, events(1, 1), command())).isEqualTo(new AppendResult(1, 1, true));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 410, 500, 503})
    void status_that_leaves_the_outcome_open_is_unknown(int status) {
        server.inject(onBatch().statusAfter(status));

        assertThat(refused(command().timeout(CommandTimeout.after(Duration.ofSeconds(3))))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        server.clear(DATABASE.name());
        assertThat(storedIds()).hasSize(1);
    }

    @Test
    void request_to_hanging_server_ends_at_timeout() {
        server.inject(onBatch().delay(Patience.LIMIT.multipliedBy(2)));
        long start = System.nanoTime();

        EventStoreUnavailableException e =
                refused(AppendOptions.none().timeout(CommandTimeout.after(Duration.ofSeconds(3))));

        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
    }

    @Test
    void throttled_append_is_not_stored_and_names_the_time_to_retry() {
        server.inject(onBatch().status(429).retryAfter(Duration.ofMillis(400)));

        EventStoreUnavailableException e = refused(command().timeout(CommandTimeout.after(Duration.ofSeconds(6))));

        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e.retryAfter()).hasValue(Duration.ofMillis(400));
        server.clear(DATABASE.name());
        assertThat(store.currentVersion(stream)).isZero();
    }

    @Test
    void what_the_service_refuses_is_not_sent_again() {
        server.inject(onBatch().status(403));

        EventStoreUnavailableException e = refused(command());

        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e).hasMessageContaining("403/0").hasMessageContaining("firewall");
        assertThat(server.requests(DATABASE.name()).get("events/batch")).isLessThanOrEqualTo(2);
    }

    @Test
    void a_refusal_after_an_unknown_attempt_leaves_it_unknown() {
        server.inject(onBatch().dropAfter().times(1));
        server.inject(onBatch().status(403));

        assertThat(refused(command()).outcome()).isEqualTo(Outcome.UNKNOWN);
        server.clear(DATABASE.name());
        assertThat(storedIds()).hasSize(1);
    }

    @Test
    void sends_nothing_after_the_timeout() {
        server.clear(DATABASE.name());

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> store.append(
                        stream, 0, events(0, 1), AppendOptions.none().timeout(CommandTimeout.after(Duration.ZERO))));
        assertThat(server.requests(DATABASE.name())).isEmpty();
    }

    @Test
    void interrupted_append_reports_unknown_outcome_and_stays_interrupted() throws Exception {
        server.inject(onBatch().delay(Patience.LIMIT.multipliedBy(2)).times(1));
        Object[] outcome = new Object[2];
        Thread writer = new Thread(() -> {
            outcome[0] = refused(AppendOptions.none());
            outcome[1] = Thread.currentThread().isInterrupted();
        });
        writer.start();
        io.daybook.contract.Patience.await()
                .until(() -> server.requests(DATABASE.name()).getOrDefault("events/batch", 0) == 1);
        writer.interrupt();
        join(writer);

        assertThat(((EventStoreUnavailableException) outcome[0]).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(outcome[1]).isEqualTo(true);
    }

    @Test
    void reads_a_command_document_again_that_is_not_visible_yet() {
        store.append(stream, 0, events(0, 1), command());
        server.inject(
                CosmosFault.on(DATABASE.name(), "events", "read").status(404).times(3));

        assertThat(store.append(stream, 1, events(1, 1), command())).isEqualTo(new AppendResult(1, 1, true));
    }

    @Test
    void a_command_is_forgotten_after_its_time() {
        CosmosEventStore forgetful = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .idempotencyKeyRetention(Duration.ofHours(1))
                .build();
        forgetful.append(stream, 0, events(0, 1), command());
        server.advanceClock(3_601);

        assertThat(forgetful.findCommand(stream, "cmd")).isEmpty();
        assertThat(forgetful.append(stream, 1, events(1, 1), command())).isEqualTo(new AppendResult(2, 2, false));
        assertThat(storedIds()).hasSize(2);
    }

    @Test
    void search_for_conflicting_events_ends_at_timeout() {
        store.append(stream, 0, events(0, 2), AppendOptions.none());
        server.inject(CosmosFault.on(DATABASE.name(), "events", "query").delay(Patience.LIMIT.multipliedBy(2)));
        long start = System.nanoTime();

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> store.append(
                        stream,
                        1,
                        events(1, 1),
                        AppendOptions.none().timeout(CommandTimeout.after(Duration.ofSeconds(4)))))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
    }

    @Test
    void command_timeout_replaces_the_timeout_of_reads_after_a_conflict() {
        CosmosEventStore impatient = CosmosEventStore.builder(containers, ContractEvent.serializer())
                .timeout(Duration.ofMillis(500))
                .build();
        store.append(stream, 0, events(0, 2), AppendOptions.none());
        server.inject(onBatch().delay(Duration.ofMillis(800)));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> impatient.append(
                        stream, 1, events(1, 1), AppendOptions.none().timeout(CommandTimeout.after(Patience.LIMIT))));
    }

    @Test
    void gap_after_a_lost_reply_leaves_the_append_unknown() {
        store.append(stream, 0, events(0, 2), AppendOptions.none());
        server.inject(onBatch().dropAfter().times(1));
        server.inject(onBatch().status(429).retryAfter(Duration.ofMillis(400)).times(5));
        Thread other = new Thread(() -> {
            while (store.currentVersion(stream) < 3) {
                Thread.onSpinWait();
            }
            CosmosAccount.client()
                    .getDatabase(DATABASE.name())
                    .getContainer("events")
                    .deleteItem(EventDocuments.eventId(2), new PartitionKey(stream.toString()))
                    .block();
        });
        other.start();

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> store.append(stream, 2, events(2, 1), AppendOptions.none()))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        join(other);
        assertThat(store.currentVersion(stream)).isEqualTo(3);
    }
}
