package io.daybook.projection;

import io.daybook.eventstore.Backoff;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a {@link ReadCache} that belongs to one read model. After a failure, the cache is not used for a while,
 * with exponential backoff, and documents are read from the store. Thread-safe.
 */
final class GuardedCache {

    private static final Logger log = LoggerFactory.getLogger(GuardedCache.class);
    private static final int FAILURES_BEFORE_PAUSE = 3;
    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final ReadCache cache;
    private final Supplier<String> prefix;
    private final LongSupplier nanoClock;
    private int failures;
    private long pausedUntil;

    /**
     * Creates the part for one incarnation of a read model. When the read model is built again, revisions restart at 1.
     *
     * @param prefix returns what begins every key
     */
    GuardedCache(ReadCache cache, Supplier<String> prefix, LongSupplier nanoClock) {
        this.cache = cache;
        this.prefix = prefix;
        this.nanoClock = nanoClock;
    }

    Optional<CachedDocument> get(String key) {
        return guarded(() -> cache.get(prefix.get() + key));
    }

    /**
     * Stores text for up to a tenth less than the time to live, so that documents that are read together do not expire
     * together.
     */
    void put(String key, CachedDocument cached, Duration timeToLive) {
        double share = ThreadLocalRandom.current().nextDouble(0.9, 1);
        Duration life = Duration.ofMillis(Math.max(1, (long) (timeToLive.toMillis() * share)));
        guarded(() -> {
            cache.put(prefix.get() + key, cached, life);
            return Optional.empty();
        });
    }

    private Optional<CachedDocument> guarded(Supplier<Optional<CachedDocument>> call) {
        if (isPaused()) {
            return Optional.empty();
        }
        Optional<CachedDocument> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) { // a cache may throw anything; the store answers
            failed(e);
            return Optional.empty();
        }
        succeeded();
        return answer;
    }

    private synchronized boolean isPaused() {
        return failures >= FAILURES_BEFORE_PAUSE && pausedUntil - nanoClock.getAsLong() > 0;
    }

    private synchronized void failed(RuntimeException e) {
        failures++;
        if (failures == FAILURES_BEFORE_PAUSE) {
            log.warn("cache failed, reading from the store instead", e);
        }
        pausedUntil = nanoClock.getAsLong()
                + PAUSES.after(Math.max(1, failures - FAILURES_BEFORE_PAUSE + 1))
                        .toNanos();
    }

    private synchronized void succeeded() {
        if (failures >= FAILURES_BEFORE_PAUSE) {
            log.info("cache is available again");
        }
        failures = 0;
    }
}
