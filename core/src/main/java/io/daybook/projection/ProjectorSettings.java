package io.daybook.projection;

import io.daybook.readmodel.ReadCache;
import io.daybook.subscription.EventInterceptor;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of a projector that all its projections share. */
record ProjectorSettings(
        @Nullable ReadCache cache,
        Duration timeToLive,
        Duration pagesToLive,
        int attempts,
        boolean follows,
        String subscription,
        Clock clock,
        EventInterceptor interceptor) {

    static ProjectorSettings defaults() {
        return new ProjectorSettings(
                null, Duration.ZERO, Duration.ZERO, 5, true, "", Clock.systemUTC(), EventInterceptor.none());
    }

    ProjectorSettings withCache(ReadCache cache, Duration timeToLive) {
        requireTimeToLive("", timeToLive);
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withPagesToLive(Duration pagesToLive) {
        requireTimeToLive(" of pages", pagesToLive);
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withAttempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("parking after " + attempts + " attempts: use 1 or more");
        }
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withFollows(boolean follows) {
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withSubscription(String subscription) {
        if (subscription.isEmpty()) {
            throw new IllegalArgumentException("the name of the shared subscription is empty: name it");
        }
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withClock(Clock clock) {
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor);
    }

    ProjectorSettings withInterceptor(EventInterceptor inner) {
        return new ProjectorSettings(
                cache, timeToLive, pagesToLive, attempts, follows, subscription, clock, interceptor.around(inner));
    }

    private static void requireTimeToLive(String of, Duration timeToLive) {
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "a time to live" + of + " of " + timeToLive + " in the cache: use 1 second or more");
        }
    }

    /** Rejects settings that do not go together. */
    void require() {
        if (cache == null && !pagesToLive.isZero()) {
            throw new IllegalStateException("pages are to be cached, and there is no cache: set one with cache(…)");
        }
    }

    /** Returns the cache for the documents of one version; null if there is none. */
    @Nullable
    GuardedCache cacheOf(CurrentDocuments documents) {
        return cache == null ? null : new GuardedCache(cache, documents::cachePrefix, System::nanoTime);
    }

    /** Returns whether all projections use one subscription of the feed. */
    boolean isShared() {
        return !subscription.isEmpty();
    }
}
