package io.daybook.projection;

import io.daybook.readmodel.ReadCache;
import io.daybook.subscription.EventInterceptor;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of a projector that all its projections share. Filled by its builder. */
final class ProjectorSettings {

    private @Nullable ReadCache cache;
    private Duration timeToLive = Duration.ZERO;
    private Duration pagesToLive = Duration.ZERO;
    private int attempts = 5;
    private String subscription = "";
    boolean follows = true;
    Clock clock = Clock.systemUTC();
    EventInterceptor interceptor = EventInterceptor.none();

    void cache(ReadCache cache, Duration timeToLive) {
        requireTimeToLive("", timeToLive);
        this.cache = cache;
        this.timeToLive = timeToLive;
    }

    void pagesToLive(Duration pagesToLive) {
        requireTimeToLive(" of pages", pagesToLive);
        this.pagesToLive = pagesToLive;
    }

    void attempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("parkAfter is " + attempts + ": use 1 or more");
        }
        this.attempts = attempts;
    }

    void subscription(String subscription) {
        if (subscription.isEmpty()) {
            throw new IllegalArgumentException(
                    "the name of the shared subscription is empty: use 1 or more characters");
        }
        this.subscription = subscription;
    }

    private static void requireTimeToLive(String of, Duration timeToLive) {
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "the time to live" + of + " in the cache is " + timeToLive + ": use 1 second or more");
        }
    }

    /** Rejects settings that contradict each other. */
    void require() {
        if (cache == null && !pagesToLive.isZero()) {
            throw new IllegalStateException("cachePages needs a cache, but none is set: set one with cache(…)");
        }
    }

    /** Returns the cache for the documents of one version; null if there is none. */
    @Nullable
    GuardedCache cacheOf(CurrentDocuments documents) {
        return cache == null ? null : new GuardedCache(cache, documents::cachePrefix, System::nanoTime);
    }

    Duration timeToLive() {
        return timeToLive;
    }

    Duration pagesToLive() {
        return pagesToLive;
    }

    /** Returns what parks the streams of one version. */
    Parks parks() {
        return new Parks(attempts, clock);
    }

    /** Returns the name of the subscription that all projections share; empty if each version has its own. */
    String subscription() {
        return subscription;
    }

    /** Returns whether all projections use one subscription of the feed. */
    boolean isShared() {
        return !subscription.isEmpty();
    }
}
