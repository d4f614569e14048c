package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the feed does when instances start, fail, are killed and close, one thing at a time. */
class FeedInstancesIT extends FeedFixture {

    @Test
    void two_instances_share_two_partitions() {
        try (FeedInstance one = start("one");
                FeedInstance two = start("two")) {
            awaitThat("both get events", () -> {
                appendToAll();
                return log.ofInstance("one") > 0 && log.ofInstance("two") > 0;
            });
            awaitAll();
            int ofOne = log.ofInstance("one");
            int ofTwo = log.ofInstance("two");
            appendToAll();
            awaitAll();
            awaitThat("both still do", () -> log.ofInstance("one") > ofOne && log.ofInstance("two") > ofTwo);
        }
    }

    @Test
    void takes_over_from_a_killed_instance_when_its_leases_expire() {
        FeedInstance killed = start("killed");
        try {
            appendToAll();
            awaitAll();
            killed.kill();
            int before = log.ofInstance("killed");
            appendToAll();
            try (FeedInstance heir = start("heir")) {
                awaitAll();
                assertThat(log.ofInstance("heir")).isGreaterThanOrEqualTo(storedEvents() - before);
            }
            assertThat(log.ofInstance("killed")).isEqualTo(before);
        } finally {
            killed.close();
        }
    }

    @Test
    void status_shows_message_and_lag_until_a_failing_handler_recovers() {
        AtomicBoolean broken = new AtomicBoolean(true);
        appendToAll();
        try (FeedInstance instance = FeedInstance.start(database, NAME, log.handler("one", handed -> {
            if (broken.get()) {
                throw new IllegalStateException("the mail server is away");
            }
        }))) {
            awaitThat("the status", () -> {
                var status = instance.subscription().status();
                return status.state() == State.RETRYING
                        && status.lastError().endsWith(": the mail server is away")
                        && status.lag() > 0;
            });
            assertThat(instance.subscription().status().handled()).isZero();
            broken.set(false);
            awaitAll();
            awaitThat("recovery", () -> {
                var status = instance.subscription().status();
                return status.state() == State.RUNNING
                        && status.lastError().isEmpty()
                        && status.lag() == 0
                        && status.handled() == storedEvents();
            });
        }
    }

    @Test
    void delivers_events_when_an_unreadable_feed_is_readable_again() {
        try (FeedInstance instance = start("one")) {
            appendToAll();
            awaitAll();
            server.clear(database);
            server.inject(CosmosFault.on(database, "events", "feed").status(503));
            awaitThat("some failures", () -> feedRequests() > 4);
            int before = log.distinct();
            appendToAll();
            int asked = feedRequests();
            awaitThat("more failures", () -> feedRequests() > asked + 4);
            assertThat(log.distinct()).isEqualTo(before);
            awaitThat("the status", () -> instance.subscription().status().state() == State.RETRYING);
            assertThat(instance.subscription().status().lastError()).contains("503");
            server.clear(database);
            awaitAll();
            awaitThat("recovery", () -> instance.subscription().status().state() == State.RUNNING);
        }
    }

    private int feedRequests() {
        return server.requests(database).getOrDefault("events/feed", 0);
    }

    @Test
    void delivers_events_stored_right_after_a_start_from_now() throws InterruptedException, ExecutionException {
        appendToAll();
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> rounds = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String round = "round-" + i;
                rounds.add(executor.submit(() -> startNowAndStore(round)));
            }
            for (Future<?> round : rounds) {
                round.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private void startNowAndStore(String round) {
        FeedLog own = new FeedLog();
        List<StreamId> mine = IntStream.range(0, 6)
                .mapToObj(i -> StreamId.of("Contract", round + "-" + i))
                .toList();
        mine.forEach(stream -> store.append(stream, 0, FeedLog.events(stream, 0, 1), AppendOptions.none()));
        List<String> handled = new CopyOnWriteArrayList<>();
        try (FeedInstance instance = FeedInstance.start(
                database,
                round,
                StartPosition.NOW,
                FeedInstance.EXPIRATION,
                own.handler(
                        round,
                        handed -> handed.forEach(event -> handled.add(event.metadata()
                                        .aggregateId() + "#" + event.metadata().sequenceNumber()))))) {
            mine.forEach(stream -> store.append(stream, 1, FeedLog.events(stream, 1, 1), AppendOptions.none()));
            awaitThat(
                    "what was stored after the start of " + round,
                    () -> mine.stream().allMatch(stream -> handled.contains(stream.aggregateId() + "#2")));
            assertThat(handled).noneMatch(event -> event.startsWith(round + "-") && event.endsWith("#1"));
        }
    }

    /** Loses no partition, however slowly it renews its leases. */
    private FeedInstance startForever(String instance, String name) {
        return FeedInstance.start(
                database, name, StartPosition.BEGINNING, Duration.ofMinutes(10), log.handler(instance));
    }

    @Test
    void subscription_name_may_hold_any_characters() {
        String odd = "a/b?#\\ü %\"'";
        for (String instance : List.of("one", "two")) {
            appendToAll();
            try (FeedInstance ignored = startForever(instance, odd)) {
                awaitAll();
            }
        }
        assertThat(log.ofInstance("two")).isEqualTo(60);
    }

    @Test
    void refuses_client_without_content_response_on_write() {
        try (CosmosAsyncClient client =
                server.clientBuilder().contentResponseOnWriteEnabled(false).buildAsyncClient()) {
            EventFeed feed = CosmosEventFeedContractIT.feed(CosmosContainers.in(client, database));
            assertThatIllegalStateException()
                    .isThrownBy(() -> feed.subscribe(NAME, StartPosition.BEGINNING, log.handler("one")))
                    .withMessageContaining("build it with contentResponseOnWriteEnabled(true)");
        }
    }

    @Test
    void a_handler_cannot_close_its_own_subscription() {
        CompletableFuture<FeedInstance> itself = new CompletableFuture<>();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        appendToAll();
        try (FeedInstance instance = FeedInstance.start(database, NAME, log.handler("one", handed -> {
            try {
                itself.join().close();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        }))) {
            itself.complete(instance);
            awaitAll();
            assertThat(thrown)
                    .isNotEmpty()
                    .allSatisfy(e -> assertThat(e).hasMessageContaining("do so from another thread"));
            assertThat(instance.subscription().status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void does_not_redeliver_events_handled_before_a_close() {
        for (int round = 1; round <= 5; round++) {
            appendToAll();
            try (FeedInstance ignored = startForever("round-" + round, NAME)) {
                awaitAll();
            }
            assertThat(log.ofInstance("round-" + round)).as("round %d", round).isEqualTo(60);
        }
        assertThat(log.repeats()).isZero();
    }

    @Test
    void reacquired_partition_does_not_call_a_running_handler() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        appendToAll();
        try (FeedInstance instance = FeedInstance.start(database, NAME, log.handler("one", handed -> {
            calls.incrementAndGet();
            release.await();
        }))) {
            try {
                awaitThat("a call for each partition", () -> calls.get() == 2);
                takeLeasesAway();
                int before = feedRequests();
                awaitThat("the pages are read again", () -> feedRequests() >= before + 2);
                assertThat(calls).hasValue(2);
            } finally {
                release.countDown();
            }
            awaitAll();
        }
    }

    @Test
    void closed_instance_releases_its_leases_at_once() {
        for (int round = 1; round <= 3; round++) {
            appendToAll();
            try (FeedInstance ignored = startForever("round-" + round, NAME)) {
                awaitAll();
            }
        }
    }

    private void takeLeasesAway() {
        CosmosAsyncContainer leases =
                CosmosAccount.client().getDatabase(database).getContainer("leases");
        leases.queryItems("SELECT * FROM c WHERE IS_DEFINED(c.LeaseToken)", ObjectNode.class)
                .flatMap(lease -> leases.upsertItem(lease.putNull("Owner")))
                .blockLast();
    }
}
