package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.subscription.EventHandler;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Handlers that block keep their own threads busy and no others. */
class FeedThreadsIT extends FeedFixture {

    private final CountDownLatch leave = new CountDownLatch(1);

    private EventHandler blocking(CountDownLatch entered) {
        return events -> {
            entered.countDown();
            leave.await();
        };
    }

    private Set<String> leaseTimes(String name) {
        List<ObjectNode> leases = Objects.requireNonNull(CosmosAccount.client()
                .getDatabase(database)
                .getContainer("leases")
                .queryItems(
                        "SELECT * FROM c WHERE STARTSWITH(c.id, '" + name + "!') AND IS_DEFINED(c.LeaseToken)",
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .collectList()
                .block(Patience.LIMIT));
        assertThat(leases)
                .hasSize(2)
                .allSatisfy(lease -> assertThat(lease.path("Owner").asText()).isNotEmpty());
        return Set.copyOf(leases.stream()
                .map(lease -> lease.path("id").asText() + " "
                        + lease.path("timestamp").asText())
                .toList());
    }

    @Test
    void blocked_feed_keeps_its_leases_and_a_second_feed_delivers() {
        CountDownLatch entered = new CountDownLatch(2);
        appendToAll();
        try (FeedInstance blocked = FeedInstance.start(database, "blocked", blocking(entered));
                FeedInstance healthy = start("healthy")) {
            try {
                awaitThat("a call for each partition", () -> entered.getCount() == 0);
                awaitAll();
                Set<String> renewals = ConcurrentHashMap.newKeySet();
                awaitThat("renewals", () -> {
                    renewals.addAll(leaseTimes("blocked"));
                    return renewals.size() >= 8;
                });
                appendToAll();
                awaitAll();
                assertThat(blocked.subscription().status().handled()).isZero();
                assertThat(healthy.subscription().status().handled()).isEqualTo(storedEvents());
            } finally {
                leave.countDown();
            }
            awaitThat("the blocked one", () -> blocked.subscription().status().handled() >= storedEvents());
        }
    }

    @Test
    void delivers_while_all_threads_of_the_shared_scheduler_are_blocked() {
        Scheduler shared = Schedulers.boundedElastic();
        CountDownLatch entered = new CountDownLatch(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE);
        List<Disposable> tasks = IntStream.range(0, Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE)
                .mapToObj(i -> shared.schedule(() -> {
                    entered.countDown();
                    try {
                        leave.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        try {
            awaitThat("all threads", () -> entered.getCount() == 0);
            appendToAll();
            try (FeedInstance healthy = start("healthy")) {
                awaitAll();
                appendToAll();
                awaitAll();
                awaitCaughtUp(healthy);
            }
        } finally {
            leave.countDown();
            tasks.forEach(Disposable::dispose);
        }
    }
}
