package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How long after an append its document is written. Appends arrive at random times. The first appends only warm up. The tests gate on
 * documents and requests; the times are printed where {@code daybook.benchmark} is set.
 */
@Tag("faults")
class FeedLatencyIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final int WARM_UP = Integer.getInteger("daybook.benchmark.warmup", 10);
    private static final int APPENDS = Integer.getInteger("daybook.benchmark.appends", 50);
    private static final int APPENDS_PER_SECOND = 20;

    private final Map<String, Long> appended = new ConcurrentHashMap<>();
    private final FollowedPages pages = new FollowedPages();
    private EventStore store;

    private void append(StreamId stream) {
        EventEnvelope event = ContractEvent.events(stream, 0, 1).get(0);
        appended.put(event.metadata().eventId(), System.nanoTime());
        store.append(stream, 0, List.of(event), AppendOptions.none());
    }

    /** Appends with random pauses between them, whether or not the projector keeps up. */
    private void appendAll(String prefix, int count) throws Exception {
        Random random = new Random(26);
        ScheduledExecutorService appender = Executors.newSingleThreadScheduledExecutor();
        try {
            List<Future<?>> appends = new ArrayList<>();
            double seconds = 0;
            for (int i = 0; i < count; i++) {
                StreamId stream = StreamId.of(SeenEvents.TYPE, prefix + i);
                seconds -= Math.log(1 - random.nextDouble()) / APPENDS_PER_SECOND;
                appends.add(appender.schedule(() -> append(stream), (long) (seconds * 1e9), TimeUnit.NANOSECONDS));
            }
            for (Future<?> append : appends) {
                append.get();
            }
        } finally {
            appender.shutdownNow();
        }
    }

    private void writesDocumentOfEachAppend(String prefix, CosmosEventFeed.Builder feed) throws Exception {
        CosmosTestServer server = CosmosAccount.server();
        store = CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer());
        try (Projector projector = Projector.builder(
                        feed.build(), store, CosmosReadModelStore.of(DATABASE.containers()))
                .project(SeenEvents.PROJECTION)
                .intercept(pages)
                .start()) {
            projector.drain(Patience.LIMIT);
            appendAll(prefix + "warm-up-", WARM_UP);
            pages.awaitEvents(WARM_UP);
            appended.clear();
            server.clear(DATABASE.name());
            long start = System.nanoTime();
            appendAll(prefix, APPENDS);
            pages.awaitEvents(WARM_UP + APPENDS);
            double seconds = (System.nanoTime() - start) / 1e9;
            Map<String, Integer> requests = server.requests(DATABASE.name());
            if (Boolean.getBoolean("daybook.benchmark")) {
                print(prefix, seconds, requests);
            }

            String container = SeenEvents.PROJECTION.schema().id();
            assertThat(requests)
                    .containsEntry(container + "/create", APPENDS)
                    .doesNotContainKey(container + "/replace");
            ReadModel<SeenEvents> documents = projector.readModel(SeenEvents.PROJECTION);
            for (int i = 0; i < APPENDS; i++) {
                assertThat(documents.get(prefix + i).orElseThrow().content().count())
                        .isOne();
            }
        }
    }

    private void print(String prefix, double seconds, Map<String, Integer> requests) {
        List<Double> millis = appended.entrySet().stream()
                .map(each -> (pages.nanosOf(each.getKey()) - each.getValue()) / 1e6)
                .sorted()
                .toList();
        System.out.printf(
                "%s %d appends in %.0f s, p50 %.0f ms, p99 %.0f ms, most %.0f ms, requests to the feed %.1f/s%n",
                prefix,
                millis.size(),
                seconds,
                millis.get(millis.size() / 2),
                millis.get(millis.size() * 99 / 100),
                millis.get(millis.size() - 1),
                requests.get("events/feed") / seconds);
    }

    @Test
    void each_append_is_written_once_with_the_default_poll() throws Exception {
        writesDocumentOfEachAppend(
                "default-poll-", CosmosEventFeed.builder(DATABASE.containers(), ContractEvent.serializer()));
    }

    @Test
    void each_append_is_written_once_with_a_short_poll() throws Exception {
        writesDocumentOfEachAppend(
                "short-poll-",
                CosmosEventFeed.builder(DATABASE.containers(), ContractEvent.serializer())
                        .pollInterval(Duration.ofMillis(50)));
    }
}
