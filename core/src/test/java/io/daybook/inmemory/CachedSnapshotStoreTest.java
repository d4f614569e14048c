package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.SnapshotStoreContract;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import org.junit.jupiter.api.Test;

class CachedSnapshotStoreTest extends SnapshotStoreContract {

    @Override
    protected SnapshotStore store() {
        return SnapshotStore.cached(new InMemorySnapshotStore(), 100);
    }

    private static Snapshot<String> state(String id, long version) {
        return new Snapshot<>(StreamId.of("Order", id), version, "event-" + version, 1, "state " + version);
    }

    private static boolean holds(SnapshotStore store, String id) {
        return store.peek(StreamId.of("Order", id), String.class, 1).isPresent();
    }

    @Test
    void keeps_the_states_that_were_used_last() {
        SnapshotStore memory = SnapshotStore.cached(SnapshotStore.none(), 2);
        memory.remember(state("1", 1));
        memory.remember(state("2", 1));
        assertThat(holds(memory, "1")).isTrue();
        memory.remember(state("3", 1));

        assertThat(holds(memory, "1")).isTrue();
        assertThat(holds(memory, "2")).isFalse();
        assertThat(holds(memory, "3")).isTrue();
    }

    @Test
    void never_moves_backwards() {
        SnapshotStore memory = SnapshotStore.cached(SnapshotStore.none(), 2);
        memory.remember(state("1", 5));
        memory.remember(state("1", 4));

        assertThat(memory.peek(StreamId.of("Order", "1"), String.class, 1))
                .hasValueSatisfying(kept -> assertThat(kept.version()).isEqualTo(5));
    }

    @Test
    void does_not_take_one_state_for_another() {
        SnapshotStore memory = SnapshotStore.cached(SnapshotStore.none(), 2);
        memory.remember(state("1", 5));

        assertThat(memory.peek(StreamId.of("Order", "1"), String.class, 2)).isEmpty();
        assertThat(memory.peek(StreamId.of("Order", "1"), Integer.class, 1)).isEmpty();
    }

    @Test
    void remembers_without_saving_and_saves_to_the_store_behind() {
        InMemorySnapshotStore behind = new InMemorySnapshotStore();
        SnapshotStore cached = SnapshotStore.cached(behind, 2);
        cached.remember(state("1", 1));
        cached.save(state("2", 1));

        assertThat(behind.load(StreamId.of("Order", "1"), String.class, 1)).isEmpty();
        assertThat(behind.load(StreamId.of("Order", "2"), String.class, 1)).isPresent();
        assertThat(behind.remembers()).isFalse();
        assertThat(cached.remembers()).isTrue();
    }

    @Test
    void refuses_to_keep_nothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> SnapshotStore.cached(SnapshotStore.none(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> state("1", 0));
    }
}
