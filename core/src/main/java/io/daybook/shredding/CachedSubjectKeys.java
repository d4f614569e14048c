package io.daybook.shredding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A cache of the most recently used keys, in the order of their use. */
final class CachedSubjectKeys implements SubjectKeys {

    private static final Duration LONGEST = Duration.ofDays(1);

    private record Aged(SubjectKey key, long fetchedAt) {}

    private final SubjectKeys behind;
    private final long maxAge;
    private final LongSupplier nanoTime;
    private final Map<String, Aged> latest;
    private long destructions; // completed destructions, whatever their outcome; guarded by the lock of the map

    CachedSubjectKeys(SubjectKeys behind, int maxEntries, Duration maxAge, LongSupplier nanoTime) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries is " + maxEntries + ": use 1 or more");
        }
        if (maxAge.isNegative() || maxAge.isZero() || maxAge.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("maxAge is " + maxAge + ": use more than zero and at most one day");
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
        return find(subject, () -> behind.find(subject));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        return find(subject, () -> Optional.of(behind.findOrCreate(subject)))
                .filter(key -> !key.isDestroyed())
                .orElseThrow(() -> new SubjectShreddedException(subject));
    }

    private Optional<SubjectKey> find(String subject, Supplier<Optional<SubjectKey>> fetch) {
        long now = nanoTime.getAsLong();
        long destructionsBefore;
        synchronized (latest) {
            Aged entry = latest.get(subject);
            if (entry != null && (entry.key().isDestroyed() || now - entry.fetchedAt() < maxAge)) {
                return Optional.of(entry.key());
            }
            destructionsBefore = destructions;
        }
        return fetch.get().map(key -> keep(subject, new Aged(key, now), destructionsBefore));
    }

    /**
     * Returns the current key. A key that was requested before a destruction ended is not cached: it may be the one that was destroyed, and
     * the entry that says so may already have been evicted.
     */
    private SubjectKey keep(String subject, Aged fetched, long destructionsBefore) {
        synchronized (latest) {
            Aged kept = latest.get(subject);
            if (kept != null && kept.key().isDestroyed()) {
                return kept.key();
            }
            if (fetched.key().isDestroyed() || destructionsBefore == destructions) {
                latest.put(subject, fetched);
            }
            return fetched.key();
        }
    }

    @Override
    public void destroy(String subject) {
        boolean destroyed = false;
        try {
            behind.destroy(subject);
            destroyed = true;
        } finally {
            synchronized (latest) {
                destructions++;
                if (destroyed) {
                    latest.put(subject, new Aged(SubjectKey.destroyed(), nanoTime.getAsLong()));
                } else {
                    latest.remove(subject); // it may be destroyed
                }
            }
        }
    }
}
