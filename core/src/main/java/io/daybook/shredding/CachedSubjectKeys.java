package io.daybook.shredding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps the keys that were used last, in the order of their use. */
final class CachedSubjectKeys implements SubjectKeys {

    private static final Duration LONGEST = Duration.ofDays(1);

    private record Aged(SubjectKey key, long fetchedAt) {}

    private final SubjectKeys behind;
    private final long maxAge;
    private final LongSupplier nanoTime;
    private final Map<String, Aged> latest;

    CachedSubjectKeys(SubjectKeys behind, int maxEntries, Duration maxAge, LongSupplier nanoTime) {
        if (maxEntries < 1 || maxAge.isNegative() || maxAge.isZero() || maxAge.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a cache of " + maxEntries + " keys for " + maxAge
                    + ": use 1 or more, and more than zero up to a day");
        }
        this.behind = behind;
        this.maxAge = maxAge.toNanos();
        this.nanoTime = nanoTime;
        this.latest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Aged> eldest) {
                return size() > maxEntries;
            }
        };
    }

    @Override
    public Optional<SubjectKey> find(String subject) {
        SubjectKey cached = cached(subject);
        if (cached != null) {
            return Optional.of(cached);
        }
        long before = nanoTime.getAsLong();
        return behind.find(subject).map(key -> keep(subject, key, before));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        SubjectKey key = cached(subject);
        if (key == null) {
            long before = nanoTime.getAsLong();
            key = keep(subject, behind.findOrCreate(subject), before);
        }
        if (key.isDestroyed()) {
            throw new SubjectShreddedException(subject);
        }
        return key;
    }

    @Override
    public void destroy(String subject) {
        try {
            behind.destroy(subject);
        } catch (RuntimeException | Error e) {
            synchronized (latest) {
                latest.remove(subject); // it may be destroyed
            }
            throw e;
        }
        keep(subject, SubjectKey.destroyed(), nanoTime.getAsLong());
    }

    private @Nullable SubjectKey cached(String subject) {
        synchronized (latest) {
            Aged entry = latest.get(subject);
            return entry == null || (!entry.key().isDestroyed() && nanoTime.getAsLong() - entry.fetchedAt() >= maxAge)
                    ? null
                    : entry.key();
        }
    }

    /** Yields what is known now: a key that was fetched before it was destroyed does not come back. */
    private SubjectKey keep(String subject, SubjectKey key, long fetchedAt) {
        synchronized (latest) {
            Aged kept = latest.get(subject);
            if (kept != null && kept.key().isDestroyed()) {
                return kept.key();
            }
            latest.put(subject, new Aged(key, fetchedAt));
            return key;
        }
    }
}
