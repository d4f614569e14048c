package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Every event is handled, and in order, while instances come and go and requests fail. */
class FeedFaultsIT extends FeedFixture {

    private static final long SEED = Long.getLong("daybook.seed", 20_260_102);
    private static final int TURNS = 20;
    private static final int INSTANCES = 3;

    private void injectNowAndThen(String container, String kinds, double probability) {
        List<CosmosFault> faults = List.of(
                CosmosFault.on(database, container, kinds).dropBefore(),
                CosmosFault.on(database, container, kinds).dropAfter(),
                CosmosFault.on(database, container, kinds).status(429).retryAfter(Duration.ofMillis(20)),
                CosmosFault.on(database, container, kinds).status(503),
                CosmosFault.on(database, container, kinds).status(500),
                CosmosFault.on(database, container, kinds).status(408),
                CosmosFault.on(database, container, kinds).statusAfter(408),
                CosmosFault.on(database, container, kinds).delay(Duration.ofMillis(300)));
        Random seeds = new Random(SEED);
        faults.forEach(fault ->
                server.inject(fault.probability(probability, 1 + seeds.nextInt(Integer.MAX_VALUE - 1))));
    }

    /** Writes until told to stop, but never far ahead of what is handled. Returns what went wrong, if anything did. */
    private Future<?> write(ExecutorService executor, AtomicInteger written, BooleanSupplier until) {
        Random random = new Random(SEED + 1);
        return executor.submit(() -> {
            for (int i = 0; !until.getAsBoolean(); i++) {
                if (written.get() - log.distinct() > 400) {
                    LockSupport.parkNanos(1_000_000);
                    continue;
                }
                int count = 1 + random.nextInt(5);
                AppendOptions options = AppendOptions.none();
                append(
                        streams.get(random.nextInt(streams.size())),
                        count,
                        random.nextBoolean() ? options.idempotencyKey("c" + i, "print") : options);
                written.addAndGet(count);
            }
        });
    }

    private FeedInstance startOrNot(String instance, Random chances) {
        try {
            return FeedInstance.start(database, NAME, log.handler(instance, handed -> {
                int chance;
                synchronized (chances) {
                    chance = chances.nextInt(1_000);
                }
                if (chance < 50) {
                    throw new IllegalStateException("now and then");
                }
                LockSupport.parkNanos(chance < 55 ? 3_000_000_000L : chance < 150 ? 20_000_000L : 0);
            }));
        } catch (EventStoreUnavailableException e) {
            return null; // the leases could not be read; it is tried again
        }
    }

    @Test
    void delivers_every_event_in_order_while_instances_and_requests_fail()
            throws InterruptedException, ExecutionException {
        Random random = new Random(SEED);
        Random chances = new Random(SEED + 2);
        List<FeedInstance> killed = new ArrayList<>();
        FeedInstance[] running = new FeedInstance[INSTANCES];
        int started = 0;
        int stopped = 0;
        AtomicInteger written = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        running[0] = startOrNot("instance-0", chances);
        injectNowAndThen("events", "feed", 0.01);
        injectNowAndThen("leases", "read|query|create|replace|delete|upsert", 0.005);
        Future<?> writer = write(executor, written, stop::get);
        try {
            for (int turn = 0; turn < TURNS; turn++) {
                int slot = random.nextInt(INSTANCES);
                if (running[slot] == null) {
                    started++;
                    running[slot] = startOrNot("instance-" + started, chances);
                } else {
                    stopped++;
                    if (stopped % 4 == 1) {
                        running[slot].kill();
                        killed.add(running[slot]);
                    } else {
                        running[slot].close();
                    }
                    running[slot] = null;
                }
                int enough = log.distinct() + 200 + random.nextInt(400);
                long latest = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(1_500));
                awaitThat("a turn", () -> log.distinct() >= enough || System.nanoTime() >= latest);
            }
            stop.set(true);
            writer.get();
            server.clear(database);
            for (int slot = 0; slot < INSTANCES; slot++) {
                running[slot] = running[slot] == null ? startOrNot("last-" + slot, chances) : running[slot];
            }
            awaitAll();
            System.out.println("seed " + SEED + ": " + storedEvents() + " events, " + log.repeats() + " repeats, "
                    + started + " instances started and " + stopped + " stopped, " + killed.size() + " of them killed");
        } finally {
            stop.set(true);
            executor.shutdownNow();
            server.clear(database);
            for (FeedInstance instance : running) {
                if (instance != null) {
                    instance.close();
                }
            }
            killed.parallelStream().forEach(FeedInstance::close); // each waits for a server that it cannot reach
        }
        assertThat(log.violations()).isEmpty();
    }
}
