package io.daybook.shredding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A cache of the most recently used keys, in the order of their use. */
final class CachedSubjectKeys implements SubjectKeys {

    private static final Duration LONGEST = Duration.ofDays(1);

    private record Aged(SubjectKey key, long fetchedAt) {}

    /** The state before a key was requested: the time, and the number of destructions that had ended. */
    private record Asked(long at, long destructions) {}

    private final SubjectKeys behind;
    private final long maxAge;
    private final LongSupplier nanoTime;
    private final Map<String, Aged> latest;
    private long destructions; // completed destructions, whatever their outcome; guarded by the lock of the map

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
        Asked asked = ask();
        return behind.find(subject).map(key -> keep(subject, key, asked));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        SubjectKey key = cached(subject);
        if (key == null) {
            Asked asked = ask();
            key = keep(subject, behind.findOrCreate(subject), asked);
        }
        if (key.isDestroyed()) {
            throw new SubjectShreddedException(subject);
        }
        return key;
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

    private Asked ask() {
        synchronized (latest) {
            return new Asked(nanoTime.getAsLong(), destructions);
        }
    }

    private @Nullable SubjectKey cached(String subject) {
        synchronized (latest) {
            Aged entry = latest.get(subject);
            return entry == null || (!entry.key().isDestroyed() && nanoTime.getAsLong() - entry.fetchedAt() >= maxAge)
                    ? null
                    : entry.key();
        }
    }

    /**
     * Returns the current key. A key that was requested before a destruction ended is not cached: it may be the one that was destroyed, and
     * the entry that says so may already have been evicted.
     */
    private SubjectKey keep(String subject, SubjectKey key, Asked asked) {
        synchronized (latest) {
            Aged kept = latest.get(subject);
            if (kept != null && kept.key().isDestroyed()) {
                return kept.key();
            }
            if (key.isDestroyed() || asked.destructions() == destructions) {
                latest.put(subject, new Aged(key, asked.at()));
            }
            return key;
        }
    }
}
