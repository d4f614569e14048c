package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A cache that evicts the least recently used state. */
final class LeastRecentlyUsedCache implements AggregateCache {

    private final Map<StreamId, Snapshot<?>> latest;

    LeastRecentlyUsedCache(int maxEntries) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries is " + maxEntries + ": use 1 or more");
        }
        this.latest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<StreamId, Snapshot<?>> eldest) {
                return size() > maxEntries;
            }
        };
    }

    @Override
    public Optional<Snapshot<?>> get(StreamId stream) {
        synchronized (latest) {
            return Optional.ofNullable(latest.get(stream));
        }
    }

    @Override
    public void put(Snapshot<?> snapshot) {
        synchronized (latest) {
            latest.merge(
                    snapshot.stream(),
                    snapshot,
                    (kept, offered) ->
                            kept.schemaVersion() == offered.schemaVersion() && kept.version() > offered.version()
                                    ? kept
                                    : offered);
        }
    }

    @Override
    public void remove(StreamId stream) {
        synchronized (latest) {
            latest.remove(stream);
        }
    }
}
