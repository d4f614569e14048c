package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.snapshot.Snapshot;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A call on a thread of Reactor that must not block is refused before anything is sent. */
class NonBlockingThreadIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final StreamId STREAM =
            StreamId.of("Contract", UUID.randomUUID().toString());
    private static final ReadModelSchema SCHEMA = ReadModelSchema.of("documents", 1);
    private static final StoredDocument DOCUMENT =
            StoredDocument.builder(DocumentKey.of("1")).build();
    private static CosmosTestServer server;
    private static CosmosContainers containers;
    private static CosmosEventStore store;
    private static CosmosSnapshotStore snapshots;
    private static CosmosEventFeed feed;
    private static ReadModelCollection documents;

    /** The state that is saved. */
    record State(String text) {}

    private record Call(String name, Runnable work) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void build() {
        server = CosmosAccount.server();
        containers = DATABASE.containers();
        store = CosmosEventStore.of(containers, ContractEvent.serializer());
        snapshots = CosmosSnapshotStore.of(containers);
        feed = CosmosEventFeed.of(containers, ContractEvent.serializer());
        documents = CosmosReadModelStore.of(containers).open(SCHEMA);
    }

    static Stream<Call> calls() {
        return Stream.of(
                new Call(
                        "append",
                        () -> store.append(STREAM, 0, ContractEvent.events(STREAM, 0, 1), AppendOptions.none())),
                new Call("read", () -> store.read(STREAM, 0, 10).forEach(event -> {})),
                new Call("currentVersion", () -> store.currentVersion(STREAM)),
                new Call("findCommand", () -> store.findCommand(STREAM, "c")),
                new Call("query", () -> store.find(EventFilter.all()).forEach(event -> {})),
                new Call("delete", () -> store.delete(STREAM, 0)),
                new Call("save a snapshot", () -> snapshots.save(new Snapshot<>(STREAM, 1, "e", 1, new State("s")))),
                new Call("load a snapshot", () -> snapshots.load(STREAM, State.class, 1)),
                new Call("delete a snapshot", () -> snapshots.delete(STREAM)),
                new Call("subscribe", () -> feed.subscribe("feed", StartPosition.BEGINNING, events -> {})),
                new Call("read documents", () -> documents.read(List.of(DOCUMENT.key()))),
                new Call("write documents", () -> documents.write(List.of(DOCUMENT))),
                new Call("list documents", () -> documents.find(Filter.all(), Optional.empty())),
                new Call("scan documents", () -> documents.scan(Scan.all(), "")),
                new Call(
                        "open a read model",
                        () -> CosmosReadModelStore.of(containers).open(SCHEMA)),
                new Call(
                        "drop a read model",
                        () -> CosmosReadModelStore.of(containers).drop(SCHEMA)),
                new Call("create the containers", () -> containers.createIfMissing()),
                new Call("build a store", () -> CosmosEventStore.of(containers, ContractEvent.serializer())),
                new Call(
                        "command",
                        () -> AggregateRepository.of(
                                        Counter.TYPE, CosmosEventStore.of(containers, Counter.serializer()))
                                .create("1", UpdateContext.empty(), counter -> counter.count(1))));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void refuses_a_call_on_a_thread_that_must_not_block(Call call) {
        server.clear(DATABASE.name());

        assertRefused(call);
        assertThat(server.requests(DATABASE.name())).isEmpty();
    }

    private static void assertRefused(Call call) {
        for (Scheduler scheduler : List.of(Schedulers.parallel(), Schedulers.single())) {
            assertThatIllegalStateException()
                    .as(call.name())
                    .isThrownBy(() -> Mono.fromRunnable(call.work())
                            .subscribeOn(scheduler)
                            .block())
                    .withMessageContaining("Schedulers.boundedElastic()");
        }
    }

    @Test
    void refuses_calls_of_a_subscription_on_a_thread_that_must_not_block() {
        try (Subscription subscription = CosmosEventFeed.builder(DATABASE.containers(), ContractEvent.serializer())
                .pollInterval(Duration.ofHours(1))
                .leases(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(3))
                .build()
                .subscribe("quiet", StartPosition.NOW, events -> {})) {
            Patience.await().until(() -> subscription.status().state() == SubscriptionStatus.State.RUNNING);
            server.clear(DATABASE.name());

            Stream.of(
                            new Call("status", subscription::status),
                            new Call("parked", subscription::parked),
                            new Call("retryParked", subscription::retryParked),
                            new Call("close", subscription::close),
                            new Call("close in time", () -> subscription.close(Duration.ofDays(1))),
                            new Call("forget", () -> feed.forget("quiet")))
                    .forEach(NonBlockingThreadIT::assertRefused);

            assertThat(server.requests(DATABASE.name())).isEmpty();
            assertThat(subscription.status().state()).isEqualTo(SubscriptionStatus.State.RUNNING);
        }
    }

    @Test
    void takes_a_call_on_a_thread_of_the_bounded_elastic_scheduler() {
        Long version = Mono.fromCallable(() -> store.currentVersion(STREAM))
                .subscribeOn(Schedulers.boundedElastic())
                .block();

        assertThat(version).isZero();
    }
}
