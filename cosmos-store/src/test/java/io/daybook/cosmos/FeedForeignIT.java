package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A feed whose containers hold documents of other programs, or whose items have no document. */
class FeedForeignIT {

    private final String database = CosmosAccount.newDatabase();
    private final CosmosContainers containers = CosmosAccount.containers(database);

    @AfterEach
    void deleteDatabase() {
        CosmosAccount.delete(database);
    }

    private final Logger logger = (Logger) LoggerFactory.getLogger(CosmosEventFeed.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private void create(String container, String key, ObjectNode document) {
        CosmosAccount.client()
                .getDatabase(database)
                .getContainer(container)
                .createItem(document, new PartitionKey(key), null)
                .block();
    }

    private static ObjectNode foreign(String id) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("streamId", "Contract-foreign");
    }

    private static StreamId newStream() {
        return StreamId.of("Contract", UUID.randomUUID().toString());
    }

    private void append(StreamId stream) {
        CosmosEventStore store = CosmosEventStore.of(containers, ContractEvent.serializer());
        long version = store.currentVersion(stream);
        store.append(stream, version, ContractEvent.events(stream, version, 2), AppendOptions.none());
    }

    private void awaitStopped(Subscription subscription, String error) {
        await().untilAsserted(() -> {
            assertThat(subscription.status().state()).isEqualTo(State.RETRYING);
            assertThat(subscription.status().lastError()).contains(error);
            assertThat(subscription.status().caughtUp()).isFalse();
        });
        assertThat(log.list).filteredOn(line -> line.getLevel() == Level.WARN).anySatisfy(line -> {
            assertThat(line.getFormattedMessage()).contains("subscription=feed");
            assertThat(line.getThrowableProxy().getMessage()).contains(error);
        });
    }

    static Stream<ObjectNode> foreignDocuments() {
        return Stream.of(
                foreign("without-kind"),
                foreign("unknown").put("kind", "checkpoint"),
                foreign("number").put("kind", 7),
                foreign("broken").put("kind", "event"));
    }

    @ParameterizedTest
    @MethodSource("foreignDocuments")
    void stops_at_document_of_unknown_kind_until_it_is_deleted(ObjectNode document) {
        StreamId stream = newStream();
        List<Long> delivered = new CopyOnWriteArrayList<>();
        try (Subscription subscription = CosmosEventFeedContractIT.feed(containers)
                .subscribe(
                        "feed",
                        StartPosition.BEGINNING,
                        events -> events.forEach(
                                event -> delivered.add(event.metadata().sequenceNumber())))) {
            create("events", "Contract-foreign", document);
            awaitStopped(subscription, "another program wrote it");

            append(stream);
            CosmosAccount.client()
                    .getDatabase(database)
                    .getContainer("events")
                    .deleteItem(document.path("id").asText(), new PartitionKey("Contract-foreign"))
                    .block();

            await().until(() -> delivered.containsAll(List.of(1L, 2L)));
            await().until(() -> subscription.status().state() == State.RUNNING);
        }
    }

    @Test
    void stops_at_item_without_document_and_loses_no_event() {
        CosmosTestServer server = CosmosAccount.server();
        StreamId stream = newStream();
        List<Long> delivered = new CopyOnWriteArrayList<>();
        append(stream);
        server.inject(CosmosFault.on(database, "events", "feed").flat());
        try (Subscription subscription = CosmosEventFeedContractIT.feed(containers)
                .subscribe(
                        "feed",
                        StartPosition.BEGINNING,
                        events -> events.forEach(
                                event -> delivered.add(event.metadata().sequenceNumber())))) {
            awaitStopped(subscription, "has no document");
            append(stream);
            awaitStopped(subscription, "has no document");
            assertThat(delivered).isEmpty();

            server.clear(database);

            await().until(() -> delivered.containsAll(List.of(1L, 2L, 3L, 4L)));
            await().until(() -> subscription.status().caughtUp());
        }
    }

    @Test
    void does_not_wait_for_leases_of_another_container() {
        String id = "shared!other.documents.azure.com_AAAA_BBBB..0";
        create("leases", id, JsonNodeFactory.instance.objectNode().put("id", id).put("LeaseToken", "0"));

        CosmosEventFeedContractIT.feed(containers)
                .subscribe("shared", StartPosition.NOW, events -> {})
                .close();
    }

    @Test
    void counts_first_append_as_behind_while_it_is_handled() throws Exception {
        StreamId stream = StreamId.of("Contract", "lag");
        CosmosEventStore.of(containers, ContractEvent.serializer())
                .append(stream, 0, ContractEvent.events(stream, 0, 5), AppendOptions.none());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Subscription subscription = CosmosEventFeedContractIT.feed(containers)
                .subscribe("lag", StartPosition.BEGINNING, events -> {
                    entered.countDown();
                    leave.await();
                })) {
            entered.await();

            assertThat(subscription.status().lag()).isPositive();
            leave.countDown();
            await().untilAsserted(() -> assertThat(subscription.status().lag()).isZero());
        }
    }
}
