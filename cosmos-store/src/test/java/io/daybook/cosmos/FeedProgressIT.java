package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a subscription knows of its progress: whether it has caught up, its lag, and what the status costs. */
class FeedProgressIT extends FeedFixture {

    /** Polls of both partitions during which the progress is read several times. */
    private static final int MANY_POLLS = 120;

    private CosmosAsyncContainer container(String name) {
        return CosmosAccount.client().getDatabase(database).getContainer(name);
    }

    private FeedProgress progress(HandledChanges handled) {
        String id = Objects.requireNonNull(container("events").read().block(Patience.LIMIT))
                .getProperties()
                .getResourceId();
        return new FeedProgress(container("events"), container("leases"), NAME + "!", id, handled);
    }

    private int requests(String kind) {
        return server.requests(database).getOrDefault(kind, 0);
    }

    private void assertStaysCaughtUp(FeedInstance instance) {
        int enough = requests("events/feed") + MANY_POLLS;
        awaitThat("many polls", () -> {
            assertThat(instance.subscription().status())
                    .satisfies(status -> assertThat(status.caughtUp()).isTrue())
                    .satisfies(status -> assertThat(status.lag()).isZero());
            return requests("events/feed") >= enough;
        });
    }

    private void deleteCommands() {
        List<ObjectNode> commands = Objects.requireNonNull(container("events")
                .queryItems("SELECT * FROM c WHERE c.kind = 'command'", ObjectNode.class)
                .collectList()
                .block(Patience.LIMIT));
        assertThat(commands).hasSameSizeAs(streams);
        for (ObjectNode command : commands) {
            container("events")
                    .deleteItem(
                            command.path("id").asText(),
                            new PartitionKey(command.path("streamId").asText()))
                    .block(Patience.LIMIT);
        }
    }

    @Test
    void stays_caught_up_when_documents_expire() {
        appendToAll();
        try (FeedInstance instance = start("one")) {
            awaitAll();
            awaitCaughtUp(instance);
            server.expire(database, "events");
            assertStaysCaughtUp(instance);
        }
        try (FeedInstance next = start("next")) {
            awaitCaughtUp(next);
        }
    }

    @Test
    void stays_caught_up_when_documents_are_deleted() {
        appendToAll();
        try (FeedInstance instance = start("one")) {
            awaitAll();
            awaitCaughtUp(instance);
            deleteCommands();
            assertStaysCaughtUp(instance);
        }
    }

    @Test
    void catches_up_after_streams_were_deleted() {
        appendToAll();
        try (FeedInstance instance = start("one")) {
            awaitAll();
            streams.forEach(stream -> store.delete(stream));
            awaitCaughtUp(instance);
            assertStaysCaughtUp(instance);
        }
    }

    @Test
    void catches_up_when_everything_expired_before_it_started() {
        appendToAll();
        server.expire(database, "events");
        streams.forEach(stream -> store.delete(stream));
        try (FeedInstance instance = start("one")) {
            awaitCaughtUp(instance);
            assertThat(log.distinct()).isZero();
        }
    }

    /** Stores the older tokens, as a renewal of the SDK does that has read the leases before a checkpoint. */
    private void setBack(List<ObjectNode> older) {
        for (ObjectNode before : older) {
            Patience.await().ignoreExceptions().until(() -> {
                ObjectNode lease = lease(before.path("id").asText());
                ObjectNode back = lease.deepCopy();
                back.set("ContinuationToken", before.path("ContinuationToken"));
                container("leases")
                        .replaceItem(
                                back,
                                before.path("id").asText(),
                                new PartitionKey(before.path("id").asText()),
                                new CosmosItemRequestOptions()
                                        .setIfMatchETag(lease.path("_etag").asText()))
                        .block(Patience.LIMIT);
                return true;
            });
        }
    }

    private ObjectNode lease(String id) {
        return Objects.requireNonNull(container("leases")
                        .readItem(id, new PartitionKey(id), ObjectNode.class)
                        .block(Patience.LIMIT))
                .getItem();
    }

    @Test
    void stays_caught_up_when_a_renewal_sets_the_token_of_a_lease_back() {
        try (FeedInstance instance = start("one")) {
            appendToAll();
            awaitAll();
            awaitCaughtUp(instance);
            FeedProgress stored = progress(new HandledChanges());
            List<ObjectNode> older = stored.leases(Patience.LIMIT);
            appendToAll();
            awaitAll();
            awaitCaughtUp(instance);
            setBack(older);
            assertThat(stored.lag(stored.leases(Patience.LIMIT), Patience.LIMIT))
                    .isPositive();
            assertStaysCaughtUp(instance);

            appendToAll();
            awaitAll();
            awaitCaughtUp(instance);
        }
    }

    @Test
    void is_caught_up_on_an_empty_container() {
        try (FeedInstance instance = start("one")) {
            awaitCaughtUp(instance);
        }
    }

    @Test
    void is_not_caught_up_until_a_new_event_is_delivered() {
        StreamId stream = streams.get(0);
        CountDownLatch leave = new CountDownLatch(1);
        appendToAll();
        try (FeedInstance instance = FeedInstance.start(database, NAME, log.handler("one", events -> {
            if (events.stream().anyMatch(event -> event.metadata().sequenceNumber() > 2)) {
                leave.await();
            }
        }))) {
            try {
                awaitAll();
                awaitCaughtUp(instance);
                append(stream, 1, AppendOptions.none());
                awaitThat("it is behind", () -> instance.subscription().status().lag() > 0);
                int enough = requests("events/feed") + MANY_POLLS / 2; // the other partition is still polled
                awaitThat("polls", () -> {
                    assertThat(instance.subscription().status().caughtUp()).isFalse();
                    return requests("events/feed") >= enough;
                });
            } finally {
                leave.countDown();
            }
            awaitAll();
            awaitCaughtUp(instance);
        }
    }

    @Test
    void is_not_caught_up_while_any_instance_handles_an_event() {
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        EventHandler blocking = events -> {
            entered.countDown();
            leave.await();
        };
        try (FeedInstance one = FeedInstance.start(database, NAME, log.handler("one", blocking))) {
            append(streams.get(0), 1, AppendOptions.none());
            awaitThat("the handler", () -> entered.getCount() == 0);
            try (FeedInstance two = FeedInstance.start(database, NAME, log.handler("two", blocking))) {
                try {
                    int enough = requests("events/feed") + MANY_POLLS / 2;
                    awaitThat("polls", () -> {
                        assertThat(one.subscription().status().caughtUp()).isFalse();
                        assertThat(two.subscription().status().caughtUp()).isFalse();
                        return requests("events/feed") >= enough;
                    });
                } finally {
                    leave.countDown();
                }
                awaitCaughtUp(one);
                awaitCaughtUp(two);
            } finally {
                leave.countDown();
            }
        }
    }

    @Test
    void lag_is_unknown_while_a_part_of_the_container_has_no_lease() {
        try (FeedInstance instance = start("one")) {
            awaitCaughtUp(instance);
        }
        FeedProgress progress = progress(new HandledChanges());
        List<ObjectNode> leases = progress.leases(Patience.LIMIT);

        assertThat(leases).hasSize(2);
        assertThat(progress.lag(leases, Patience.LIMIT)).isZero();
        assertThat(progress.lag(leases.subList(0, 1), Patience.LIMIT)).isEqualTo(-1);
        assertThat(progress.lag(leases.subList(1, 2), Patience.LIMIT)).isEqualTo(-1);
        assertThat(progress.lag(List.of(), Patience.LIMIT)).isEqualTo(-1);
    }

    /** Runs an action again and again while a feed of another database makes 50 polls, one every 100 milliseconds. */
    private void awaitPolls(Runnable action) {
        String other = CosmosAccount.newDatabase();
        try (Subscription ignored = CosmosEventFeedContractIT.feed(CosmosAccount.containers(other))
                .subscribe(NAME, StartPosition.NOW, events -> {})) {
            awaitThat("polls", () -> {
                action.run();
                return server.requests(other).getOrDefault("events/feed", 0) >= 50;
            });
        } finally {
            CosmosAccount.delete(other);
        }
    }

    /** Polls once, and then reads the progress for the status every 30 seconds. */
    private Subscription subscribePollingOnce() {
        return CosmosEventFeed.builder(
                        CosmosContainers.in(CosmosAccount.client(), database), ContractEvent.serializer())
                .pollInterval(Duration.ofHours(1))
                .leases(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(3))
                .build()
                .subscribe(NAME, StartPosition.NOW, log.handler("one"));
    }

    @Test
    void has_not_caught_up_with_an_event_stored_after_the_progress_was_read() {
        try (Subscription subscription = subscribePollingOnce()) {
            awaitThat("the progress", subscription::hasCaughtUp);
            append(streams.get(0), 1, AppendOptions.none());
            assertThat(subscription.hasCaughtUp()).isFalse();
        }
    }

    @Test
    void reads_progress_once_in_30_seconds_however_often_status_is_called() {
        try (Subscription subscription = subscribePollingOnce()) {
            awaitThat("both leases", () -> subscription.status().state() == State.RUNNING);
            server.clear(database);
            long begin = System.nanoTime();
            awaitPolls(() -> assertThat(subscription.status().state()).isEqualTo(State.RUNNING));
            int most = 1 + (int) Duration.ofNanos(System.nanoTime() - begin).dividedBy(Duration.ofSeconds(30));
            Map<String, Integer> requests = server.requests(database);
            assertThat(requests.keySet()).isSubsetOf("leases/plan", "leases/query", "events/feed");
            assertThat(requests.getOrDefault("leases/query", 0)).isLessThanOrEqualTo(most);
            assertThat(requests.getOrDefault("events/feed", 0)).isLessThanOrEqualTo(2 * most);
        }
    }

    @Test
    void keeps_its_state_when_the_progress_cannot_be_read_once() {
        try (FeedInstance instance = start("one")) {
            awaitCaughtUp(instance);
            server.inject(CosmosFault.on(database, "leases", "query").status(403));
            SubscriptionStatus first =
                    Patience.await().until(instance.subscription()::status, status -> status.lag() == -1);

            assertThat(first.state()).isEqualTo(State.RUNNING);
            assertThat(first.caughtUp()).isFalse();
            assertThat(first.lastError()).isEmpty();

            SubscriptionStatus later =
                    Patience.await().until(instance.subscription()::status, status -> status.state() == State.RETRYING);
            assertThat(later.lastError()).contains("403");
            server.clear(database);
            awaitCaughtUp(instance);
            assertThat(instance.subscription().status().state()).isEqualTo(State.RUNNING);
        }
    }
}
