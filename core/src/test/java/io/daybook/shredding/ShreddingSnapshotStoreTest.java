package io.daybook.shredding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.AggregateCacheContract;
import io.daybook.contract.SnapshotStoreContract;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ShreddingSnapshotStoreTest {

    private static final StreamId STREAM = StreamId.of("Customer", "1");
    private static final Customer.State ANN = new Customer.State("17", "Ann", "NZ", false);

    private final InMemorySubjectKeys held = new InMemorySubjectKeys();
    private final DisturbedKeys keys = new DisturbedKeys(held);
    private final SnapshotStore behind = new InMemorySnapshotStore();
    private final SnapshotStore snapshots = snapshots(behind);

    private ShreddingSnapshotStore snapshots(SnapshotStore store) {
        return ShreddingSnapshotStore.of(store, keys, Customer.State.class, Customer.State::subjects);
    }

    private static Snapshot<Customer.State> of(long version, Customer.State state) {
        return new Snapshot<>(STREAM, version, "event-" + version, 1, state);
    }

    private Optional<Customer.State> load() {
        return snapshots.load(STREAM, Customer.State.class, 1).map(Snapshot::state);
    }

    private ObjectNode stored() {
        return (ObjectNode) behind.load(STREAM, JsonNode.class, 1).orElseThrow().state();
    }

    private void alter(long version, Consumer<ObjectNode> change) {
        ObjectNode state = stored();
        change.accept(state);
        behind.save(new Snapshot<>(STREAM, version, "event-" + version, 1, state));
    }

    @Test
    void a_state_is_stored_as_whose_it_is_and_encrypted_bytes() {
        snapshots.save(of(1, ANN));

        assertThat(stored().get("subjects").toString()).isEqualTo("[\"17\"]");
        assertThat(new String(Base64.getDecoder().decode(stored().get("data").textValue()), ISO_8859_1))
                .doesNotContain("Ann");
        assertThat(load()).hasValue(ANN);
    }

    @Test
    void when_the_key_is_destroyed_there_is_no_snapshot_and_none_is_taken() {
        snapshots.save(of(1, ANN));
        held.destroy("17");
        assertThat(load()).isEmpty();

        snapshots.save(of(2, ANN));
        assertThat(behind.load(STREAM, JsonNode.class, 1).orElseThrow().version())
                .isEqualTo(1);
    }

    @Test
    void saves_state_without_subjects_after_shredding() {
        Customer.State forgotten = new Customer.State("17", null, "NZ", true);
        snapshots.save(of(1, ANN));
        held.destroy("17");
        snapshots.save(of(2, forgotten));

        assertThat(load()).hasValue(forgotten);
    }

    @Test
    void a_state_about_two_persons_goes_with_the_key_of_either() {
        for (String destroyed : List.of("17", "18")) {
            SubjectKeys two = new InMemorySubjectKeys();
            SnapshotStore both = ShreddingSnapshotStore.of(
                    new InMemorySnapshotStore(), two, Customer.State.class, state -> List.of("18", "17", "18"));
            both.save(of(1, ANN));
            assertThat(both.load(STREAM, Customer.State.class, 1).map(Snapshot::state))
                    .hasValue(ANN);

            two.destroy(destroyed);
            assertThat(both.load(STREAM, Customer.State.class, 1)).isEmpty();
        }
    }

    @Test
    void states_in_memory_are_encrypted_too() {
        AggregateCache memory = AggregateCache.inMemory(10);
        AggregateCache encrypting = snapshots(SnapshotStore.none()).cache(memory);
        encrypting.put(of(1, ANN));

        assertThat(memory.get(STREAM).orElseThrow().state())
                .isInstanceOfSatisfying(
                        ObjectNode.class, state -> assertThat(state.toString()).doesNotContain("Ann"));
        assertThat(encrypting.get(STREAM).<Object>map(Snapshot::state)).hasValue(ANN);
        held.destroy("17");
        assertThat(encrypting.get(STREAM)).isEmpty();
        encrypting.remove(STREAM);
        assertThat(memory.get(STREAM)).isEmpty();
    }

    @Test
    void a_snapshot_of_before_it_was_encrypted_counts_as_none_and_is_replaced() {
        behind.save(of(1, ANN));
        assertThat(load()).isEmpty();

        snapshots.save(of(1, ANN));
        assertThat(load()).hasValue(ANN);
        assertThat(stored().toString()).doesNotContain("Ann");
    }

    @Test
    void rejects_state_of_another_version_or_subject_or_altered() {
        snapshots.save(of(1, ANN));
        held.findOrCreate("18");
        alter(2, state -> {});
        assertUnreadable("altered, moved or encrypted under other keys");
        snapshots.save(of(3, ANN));
        alter(3, state -> state.putArray("subjects").add("18"));
        assertUnreadable("altered, moved or encrypted under other keys");
        alter(3, state -> state.putArray("subjects").add("19"));
        assertUnreadable("the key store has no key for its subject");
        alter(3, state -> state.putArray("subjects"));
        assertUnreadable("JsonParseException");
        alter(3, state -> state.remove("data"));
        assertUnreadable("its member \"data\" is missing");
    }

    private void assertUnreadable(String reason) {
        assertThatIllegalStateException()
                .isThrownBy(this::load)
                .withMessageContaining("the snapshot of Customer-1 cannot be read: ")
                .withMessageContaining(reason)
                .withNoCause();
    }

    @Test
    void without_the_keys_nothing_is_loaded_or_saved() {
        snapshots.save(of(1, ANN));
        keys.unavailable(true);

        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(this::load);
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> snapshots.save(of(2, ANN)));
        keys.unavailable(false);
        assertThat(load()).hasValue(ANN);
    }

    @Test
    void failing_subjects_function_does_not_reveal_the_state() {
        SnapshotStore failing = ShreddingSnapshotStore.of(behind, keys, Customer.State.class, state -> {
            throw new IllegalArgumentException("no subject: " + state);
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> failing.save(of(1, ANN)))
                .withMessageEndingWith("failed with java.lang.IllegalArgumentException")
                .withNoCause();
    }

    @Test
    void it_is_for_one_kind_of_state() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> snapshots.save(new Snapshot<>(STREAM, 1, "event-1", 1, "clear text")));
        assertThatIllegalArgumentException().isThrownBy(() -> snapshots.load(STREAM, String.class, 1));
    }

    @Test
    void repository_uses_cached_states_and_after_shredding_the_events() {
        InMemoryEventStore store = new InMemoryEventStore(Customer.serializer(keys));
        ShreddingSnapshotStore shredding = snapshots(behind);
        AggregateRepository<Customer> customers = AggregateRepository.of(Customer.TYPE, store)
                .snapshots(shredding, SnapshotPolicy.everyEvents(2))
                .cache(shredding.cache(AggregateCache.inMemory(10)));
        customers.create("1", UpdateContext.empty(), customer -> customer.register("17", "Ann"));
        customers.update("1", UpdateContext.empty(), customer -> customer.rename("Anna"));
        customers.update("1", UpdateContext.empty(), customer -> customer.rename("Annabel"));
        assertThat(customers.load("1").state().name()).isEqualTo("Annabel");
        assertThat(load().map(Customer.State::name)).hasValue("Anna");

        held.destroy("17");
        assertThat(customers.load("1").state()).isEqualTo(new Customer.State("17", null, "NZ", false));
        customers.update("1", UpdateContext.empty(), Customer::forget);
        assertThat(customers.load("1").state()).isEqualTo(new Customer.State("17", null, "NZ", true));
        assertThat(load()).hasValue(new Customer.State("17", null, "NZ", true));
        assertThat(customers.snapshotFailures()).isZero();
    }

    @Nested
    class Contract extends SnapshotStoreContract {
        @Override
        protected SnapshotStore store() {
            return ShreddingSnapshotStore.of(behind, keys, State.class, state -> List.of("17"));
        }
    }

    @Nested
    class CacheContract extends AggregateCacheContract {
        @Override
        protected AggregateCache cache() {
            return ShreddingSnapshotStore.of(behind, keys, State.class, state -> List.of("17"))
                    .cache(AggregateCache.inMemory(10));
        }
    }
}
