package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A feed whose containers hold what is not its own. */
class FeedForeignIT {

    private final String database = CosmosAccount.newDatabase();
    private final CosmosContainers containers = CosmosAccount.containers(database);

    @AfterEach
    void deleteDatabase() {
        CosmosAccount.delete(database);
    }

    private void create(String container, String key, ObjectNode document) {
        CosmosAccount.client()
                .getDatabase(database)
                .getContainer(container)
                .createItem(document, new PartitionKey(key), null)
                .block();
    }

    @Test
    void a_document_that_is_no_event_of_ours_stops_the_feed_and_the_status_says_so() {
        try (Subscription subscription =
                CosmosEventFeedContractIT.feed(containers).subscribe("stuck", StartPosition.NOW, events -> {})) {
            create(
                    "events",
                    "Contract-foreign",
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("id", "x")
                            .put("kind", "event")
                            .put("streamId", "Contract-foreign"));

            await().untilAsserted(() -> {
                assertThat(subscription.status().state()).isEqualTo(State.RETRYING);
                assertThat(subscription.status().lastError()).contains("not written by Daybook");
            });
        }
    }

    @Test
    void a_lease_of_other_events_under_the_same_name_is_not_waited_for() {
        String id = "shared!other.documents.azure.com_AAAA_BBBB..0";
        create("leases", id, JsonNodeFactory.instance.objectNode().put("id", id).put("LeaseToken", "0"));

        CosmosEventFeedContractIT.feed(containers)
                .subscribe("shared", StartPosition.NOW, events -> {})
                .close();
    }

    @Test
    void a_first_append_that_is_with_the_handler_is_behind() throws Exception {
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
