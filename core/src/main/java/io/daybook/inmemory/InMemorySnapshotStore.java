package io.daybook.inmemory;

import io.daybook.eventstore.StreamId;
import io.daybook.json.StateJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A snapshot store in memory. The store keeps states as JSON, so a test loads what a database would return.
 * Thread-safe.
 *
 * <pre>{@code
 * AggregateRepository<Order> tested = orders.snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(1));
 * }</pre>
 */
public final class InMemorySnapshotStore implements SnapshotStore {

    private record Stored(long version, String eventId, int schemaVersion, String shape, String state) {}

    private final StateJson json = new StateJson(JacksonDefaults.mapper().build());
    private final ConcurrentMap<StreamId, Stored> latest = new ConcurrentHashMap<>();

    /** Creates an empty store. */
    public InMemorySnapshotStore() {}

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        Stored stored = latest.get(stream);
        if (stored == null || stored.schemaVersion() != schemaVersion) {
            return Optional.empty();
        }
        S state = json.read(stream, stored.state(), stateType);
        return Optional.of(
                new Snapshot<>(stream, stored.version(), stored.eventId(), schemaVersion, stored.shape(), state));
    }

    @Override
    public void save(Snapshot<?> snapshot) {
        Stored offered = new Stored(
                snapshot.version(),
                snapshot.eventId(),
                snapshot.schemaVersion(),
                snapshot.shape(),
                json.write(snapshot.stream(), snapshot.state()));
        latest.merge(
                snapshot.stream(),
                offered,
                (stored, newer) -> stored.schemaVersion() == newer.schemaVersion() && stored.version() > newer.version()
                        ? stored
                        : newer);
    }

    @Override
    public void delete(StreamId stream) {
        latest.remove(stream);
    }
}
