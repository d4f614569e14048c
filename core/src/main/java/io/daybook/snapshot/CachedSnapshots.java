package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A cache of the most recently used states, in the order of their use. */
final class CachedSnapshots implements SnapshotStore {

    private final SnapshotStore behind;
    private final Map<StreamId, Snapshot<?>> latest;

    CachedSnapshots(SnapshotStore behind, int maxEntries) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("a cache of " + maxEntries + " states: use 1 or more");
        }
        this.behind = behind;
        this.latest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<StreamId, Snapshot<?>> eldest) {
                return size() > maxEntries;
            }
        };
    }

    @Override
    public <S> Optional<Snapshot<S>> peek(StreamId stream, Class<S> stateType, int schemaVersion) {
        Snapshot<?> found;
        synchronized (latest) {
            found = latest.get(stream);
        }
        if (found == null || found.schemaVersion() != schemaVersion || !stateType.isInstance(found.state())) {
            return Optional.empty();
        }
        @SuppressWarnings("unchecked") // the state has just been checked to be an S
        Snapshot<S> typed = (Snapshot<S>) found;
        return Optional.of(typed);
    }

    @Override
    public void remember(Snapshot<?> snapshot) {
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
    public boolean remembers() {
        return true;
    }

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        return behind.load(stream, stateType, schemaVersion);
    }

    @Override
    public void save(Snapshot<?> snapshot) {
        behind.save(snapshot);
    }

    @Override
    public void forget(StreamId stream) {
        synchronized (latest) {
            latest.remove(stream);
        }
        behind.forget(stream);
    }

    @Override
    public void delete(StreamId stream) {
        forget(stream);
        behind.delete(stream);
    }
}
