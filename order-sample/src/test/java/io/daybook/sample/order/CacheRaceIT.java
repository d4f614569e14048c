package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.projection.ReadModel;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.domain.OrderItem;
import io.daybook.sample.order.domain.ShippingAddress;
import io.daybook.sample.order.query.OrderSummaries;
import io.daybook.sample.order.query.OrderSummary;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Writers and readers race over a real Redis that evicts, dies and returns: no answer is older than its token. */
class CacheRaceIT {

    private static final int ORDERS = 50;
    private static final int WRITERS = 2;
    private static final int READERS = 6;
    private static final int READS = Integer.getInteger("daybook.reads", 10_000);

    private final InMemoryEventStore events = new InMemoryEventStore(OrderEvents.serializer());
    private final AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, events);
    private final AtomicLongArray acknowledged = new AtomicLongArray(ORDERS);
    private final AtomicInteger reads = new AtomicInteger();

    private static String id(int order) {
        return "race-" + order;
    }

    private void create(int order) {
        acknowledged.set(
                order,
                orders.create(
                                id(order),
                                UpdateContext.empty(),
                                created -> created.create(
                                        "CUST-1",
                                        List.of(new OrderItem("PROD-1", 1, BigDecimal.ONE)),
                                        new ShippingAddress("1 Main St", "Seattle", "WA", "98101")))
                        .version());
    }

    private Void write(int seed) {
        Random random = new Random(seed);
        while (reads.get() < READS) {
            int order = random.nextInt(ORDERS);
            orders.update(id(order), UpdateContext.empty(), changed -> {
                if (changed.version() < 80) {
                    changed.addItem(new OrderItem("PROD-2", 1, BigDecimal.ONE));
                }
            });
            acknowledged.accumulateAndGet(order, events.currentVersion(StreamId.of("Order", id(order))), Math::max);
        }
        return null;
    }

    private int read(ReadModel<OrderSummary> model, int seed) {
        Random random = new Random(seed);
        int stale = 0;
        while (reads.incrementAndGet() <= READS) {
            int order = random.nextInt(ORDERS);
            StreamId stream = StreamId.of("Order", id(order));
            ConsistencyToken token = ConsistencyToken.of(stream, acknowledged.get(order));
            ReadDocument<OrderSummary> found = model.get(id(order), token).orElseThrow();
            boolean current = found.token().versionOf(stream).orElse(0)
                    >= token.versionOf(stream).orElseThrow();
            stale += current ? 0 : 1;
        }
        return stale;
    }

    @Test
    void no_answer_is_older_than_its_token_whatever_redis_does() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
        try (TestRedis redis = TestRedis.start();
                RedisReadCache cache = RedisReadCache.of(redis.url());
                Projector projector = Projector.builder(
                                new InMemoryEventFeed(events), events, new InMemoryReadModelStore())
                        .project(OrderSummaries.PROJECTION)
                        .cache(cache, Duration.ofMinutes(5))
                        .start()) {
            for (int order = 0; order < ORDERS; order++) {
                create(order);
            }
            List<Callable<Integer>> readers = new ArrayList<>();
            ReadModel<OrderSummary> model = projector.readModel(OrderSummaries.PROJECTION);
            for (int i = 0; i < READERS; i++) {
                int seed = i;
                readers.add(() -> read(model, seed));
            }
            List<Future<Integer>> results = new ArrayList<>();
            readers.forEach(reader -> results.add(threads.submit(reader)));
            List<Future<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int seed = 100 + i;
                writers.add(threads.submit(() -> write(seed)));
            }
            killOnce(redis);
            int stale = 0;
            for (Future<Integer> result : results) {
                stale += result.get();
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
            assertThat(stale).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Kills Redis in the middle of the reads, and starts an empty one. */
    private void killOnce(TestRedis redis) {
        while (reads.get() < READS / 3) {
            Thread.onSpinWait();
        }
        redis.stop();
        while (reads.get() < READS / 2) {
            Thread.onSpinWait();
        }
        redis.restart();
    }

    /** Why a reader compares revisions: a cache that is filled after a miss and emptied by writers keeps old documents. */
    @Test
    void old_document_returns_to_a_cache_without_revisions() {
        try (TestRedis redis = TestRedis.start();
                RedisReadCache cache = RedisReadCache.of(redis.url())) {
            Duration life = Duration.ofMinutes(5);
            CachedDocument old = new CachedDocument(1, "old");
            CachedDocument current = new CachedDocument(2, "current");

            // A reader has read the old document; a writer stores the current one and puts it into the cache, or only
            // empties the cache.
            cache.put("with revisions", current, life);
            cache.put("with revisions", old, life); // the reader is slow
            cache.put("emptied", old, life);

            assertThat(cache.get("with revisions")).hasValue(current);
            assertThat(cache.get("emptied"))
                    .as("cache-aside answers with it from now on")
                    .hasValue(old);
        }
    }
}
