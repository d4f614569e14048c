package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Containers over two physical partitions, a writer, and what is handled of what it wrote. */
abstract class FeedFixture {

    static final String NAME = "feed";

    final String database = CosmosAccount.newDatabase();
    final FeedLog log = new FeedLog();
    final Map<StreamId, Long> stored = new HashMap<>();
    final List<StreamId> streams = IntStream.range(0, 30)
            .mapToObj(i -> StreamId.of("Contract", "s" + i))
            .toList();
    CosmosTestServer server;
    EventStore store;

    @BeforeEach
    void createContainers() {
        server = CosmosAccount.server();
        CosmosContainers containers = CosmosContainers.in(CosmosAccount.client(), database);
        ThroughputProperties small = ThroughputProperties.createManualThroughput(400);
        containers.createIfMissing(ThroughputProperties.createManualThroughput(20_000), small, small);
        store = CosmosEventStore.of(containers, ContractEvent.serializer());
    }

    @AfterEach
    void deleteDatabase() {
        server.clear(database);
        CosmosAccount.delete(database);
    }

    void append(StreamId stream, int count, AppendOptions options) {
        long version = stored.getOrDefault(stream, 0L);
        store.append(stream, version, FeedLog.events(stream, version, count), options);
        stored.put(stream, version + count);
    }

    /** One append of two events to each stream. */
    void appendToAll() {
        streams.forEach(stream ->
                append(stream, 2, AppendOptions.none().idempotencyKey("c" + stored.get(stream), "print")));
    }

    int storedEvents() {
        return (int) stored.values().stream().mapToLong(Long::longValue).sum();
    }

    static void awaitThat(String what, BooleanSupplier condition) {
        await().alias(what).until(condition::getAsBoolean);
    }

    void awaitAll() {
        awaitThat("all " + storedEvents() + " events", () -> log.distinct() >= storedEvents());
        stored.forEach((stream, version) -> assertThat(log.numbers(stream))
                .isEqualTo(LongStream.rangeClosed(1, version).boxed().toList()));
        assertThat(log.violations()).isEmpty();
    }

    static void awaitCaughtUp(FeedInstance instance) {
        await().untilAsserted(() ->
                assertThat(instance.subscription().status()).matches(SubscriptionStatus::caughtUp, "caught up"));
    }

    FeedInstance start(String instance) {
        return FeedInstance.start(database, NAME, log.handler(instance));
    }
}
