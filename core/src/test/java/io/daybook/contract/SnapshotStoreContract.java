package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SnapshotStore} promises. A store joins with a subclass:
 *
 * <pre>{@code
 * class InMemorySnapshotStoreTest extends SnapshotStoreContract { // yours
 *     protected SnapshotStore store() {
 *         return new InMemorySnapshotStore();
 *     }
 * }
 * }</pre>
 */
public abstract class SnapshotStoreContract {

    /**
     * The state that the suite stores.
     *
     * @param text any text
     * @param amount an amount with its scale
     * @param at a time with its nanoseconds
     * @param parts a list
     */
    public record State(String text, BigDecimal amount, Instant at, List<String> parts) {}

    private SnapshotStore store = SnapshotStore.none();
    private StreamId stream = EventStoreFindContract.newStream();

    /** Creates the suite. */
    protected SnapshotStoreContract() {}

    /**
     * Makes the store under test; called before each test. It may be the same one each time.
     *
     * @return the store
     */
    protected abstract SnapshotStore store();

    @BeforeEach
    final void makeStore() {
        store = store();
        stream = EventStoreFindContract.newStream();
    }

    private Snapshot<State> snapshot(long version, int schemaVersion, String text) {
        State state = new State(
                text, new BigDecimal("10.00"), Instant.parse("2026-01-01T00:00:00.000000001Z"), List.of("a", "😀"));
        return new Snapshot<>(stream, version, "event-" + version, schemaVersion, state);
    }

    private Optional<Snapshot<State>> load(int schemaVersion) {
        return store.load(stream, State.class, schemaVersion);
    }

    @Test
    void a_snapshot_comes_back_as_it_was_saved() {
        Snapshot<State> saved = snapshot(7, 2, "naïve \"quote\"");
        store.save(saved);

        assertThat(load(2)).hasValue(saved);
    }

    @Test
    void there_is_none_before_one_is_saved() {
        assertThat(load(1)).isEmpty();
    }

    @Test
    void a_snapshot_of_another_schema_version_is_ignored() {
        store.save(snapshot(7, 1, "old"));

        assertThat(load(2)).isEmpty();
    }

    @Test
    void a_newer_one_takes_the_place_of_the_older() {
        store.save(snapshot(7, 1, "older"));
        store.save(snapshot(8, 1, "newer"));

        assertThat(load(1)).hasValue(snapshot(8, 1, "newer"));
    }

    @Test
    void it_never_moves_backwards() {
        store.save(snapshot(8, 1, "newer"));
        store.save(snapshot(7, 1, "older"));

        assertThat(load(1)).hasValue(snapshot(8, 1, "newer"));
    }

    @Test
    void one_of_another_schema_version_takes_its_place_at_whatever_version() {
        store.save(snapshot(8, 1, "old schema"));
        store.save(snapshot(7, 2, "new schema"));

        assertThat(load(2)).hasValue(snapshot(7, 2, "new schema"));
        assertThat(load(1)).isEmpty();
    }

    @Test
    void a_deleted_one_is_gone_and_an_older_one_can_be_saved() {
        store.save(snapshot(8, 1, "wrong"));
        store.delete(stream);
        assertThat(load(1)).isEmpty();
        store.delete(stream);

        store.save(snapshot(3, 1, "right"));
        assertThat(load(1)).hasValue(snapshot(3, 1, "right"));
    }

    @Test
    void streams_have_snapshots_of_their_own() {
        store.save(snapshot(7, 1, "mine"));
        stream = EventStoreFindContract.newStream();

        assertThat(load(1)).isEmpty();
    }

    @Test
    void streams_whose_names_are_alike_have_snapshots_of_their_own() {
        String id = stream.aggregateId();
        List<StreamId> alike = List.of(
                StreamId.of("Contract", id + "-a"),
                StreamId.of("Contract", id + "-A"),
                StreamId.of("Contract", id + "-a/"),
                StreamId.of("Contract", id + "-ä"),
                StreamId.of("contract", id + "-a"),
                StreamId.of("Another", id + "-a"));
        for (StreamId named : alike) {
            stream = named;
            store.save(snapshot(7, 1, named.toString()));
        }

        for (StreamId named : alike) {
            stream = named;
            assertThat(load(1)).hasValue(snapshot(7, 1, named.toString()));
        }
    }

    @Test
    void of_many_writers_the_newest_wins() throws InterruptedException {
        SideBySide.run(8, thread -> () -> {
            for (int i = 0; i < 20; i++) {
                store.save(snapshot(1 + i * 8L + thread, 1, "any"));
            }
            return thread;
        });

        assertThat(load(1))
                .hasValueSatisfying(last -> assertThat(last.version()).isEqualTo(160));
    }
}
