package io.daybook.snapshot;

import io.daybook.eventstore.StreamId;
import java.util.Optional;

/** A snapshot store that keeps nothing. */
enum NoSnapshots implements SnapshotStore {
    INSTANCE;

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        return Optional.empty();
    }

    @Override
    public void save(Snapshot<?> snapshot) {}

    @Override
    public void delete(StreamId stream) {}
}
