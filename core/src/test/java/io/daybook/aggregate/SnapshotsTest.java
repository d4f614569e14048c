package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.json.ShapeFingerprint;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final AggregateRepository<Account> plain = AggregateRepository.of(Account.TYPE, store);
    private final AggregateRepository<Account> snapshotting = plain.snapshots(snapshots, SnapshotPolicy.everyEvents(3));
    private final AggregateRepository<Account> cached =
            plain.snapshots(snapshots, SnapshotPolicy.never()).cache(AggregateCache.inMemory(10));

    private void openWith(AggregateRepository<Account> accounts, int deposits) {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        for (int i = 0; i < deposits; i++) {
            deposit(accounts);
        }
        store.calls();
    }

    private static UpdateResult<?> deposit(AggregateRepository<Account> accounts) {
        return accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
    }

    private static Snapshot<Account.State> saved(long version, String eventId, int schemaVersion) {
        String shape = ShapeFingerprint.of(Account.State.class, Account.TYPE.mapper());
        return new Snapshot<>(
                STREAM, version, eventId, schemaVersion, shape, new Account.State("eve", BigDecimal.TEN, 9));
    }

    private Optional<Snapshot<Account.State>> snapshot() {
        return snapshots.load(STREAM, Account.State.class, 1);
    }

    @Test
    void takes_a_snapshot_when_the_policy_says_so_and_reads_only_from_there_on() {
        openWith(snapshotting, 3);

        assertThat(snapshot())
                .hasValueSatisfying(taken -> assertThat(taken.version()).isEqualTo(3));
        assertThat(snapshotting.load("1").balance()).isEqualTo(new BigDecimal("3.00"));
        assertThat(store.calls()).containsExactly("read>2");
        assertThat(snapshotting.load("1", 3).balance()).isEqualTo(new BigDecimal("2.00"));
        assertThat(store.calls()).containsExactly("read>2");
        assertThat(snapshotting.load("1", 2).balance()).isEqualTo(new BigDecimal("1.00"));
        assertThat(store.calls()).containsExactly("read>0");
    }

    @Test
    void discards_a_snapshot_of_another_history() {
        openWith(plain, 3);
        snapshots.save(saved(2, "another-event", 1));

        assertThat(snapshotting.load("1").owner()).isEqualTo("ann");
        assertThat(snapshot()).isEmpty();
    }

    @Test
    void keeps_a_snapshot_whose_event_a_stale_read_does_not_see() {
        openWith(snapshotting, 2); // a snapshot at 3
        store.hideLast(1);

        assertThat(snapshotting.load("1").balance()).isEqualTo(new BigDecimal("1.00"));
        assertThat(snapshot().orElseThrow().version()).isEqualTo(3);

        store.hideLast(0);
        store.calls();
        assertThat(snapshotting.load("1").balance()).isEqualTo(new BigDecimal("2.00"));
        assertThat(store.calls()).containsExactly("read>2");
    }

    @Test
    void keeps_a_snapshot_far_ahead_of_what_a_read_sees_and_does_not_use_it() {
        openWith(plain, 1);
        snapshots.save(saved(9, "later", 1));

        assertThat(snapshotting.load("1").owner()).isEqualTo("ann");
        assertThat(snapshotting.load("1", 2).owner()).isEqualTo("ann");
        assertThat(snapshot().orElseThrow().version()).isEqualTo(9);
    }

    @Test
    void keeps_a_durable_snapshot_when_a_stale_read_drops_the_state_in_memory() {
        openWith(snapshotting, 2);
        AggregateRepository<Account> both =
                plain.snapshots(snapshots, SnapshotPolicy.everyEvents(3)).cache(AggregateCache.inMemory(10));
        deposit(both);
        store.hideLast(2);

        assertThat(both.load("1").version()).isEqualTo(2);
        assertThat(snapshot().orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void deletes_a_snapshot_ahead_once_the_stream_holds_another_event_there() {
        openWith(plain, 1);
        snapshots.save(saved(3, "later", 1));
        snapshotting.load("1");
        deposit(plain);

        assertThat(snapshotting.load("1").owner()).isEqualTo("ann");
        assertThat(snapshot()).isEmpty();
    }

    @Test
    void ignores_a_snapshot_of_another_schema_version() {
        openWith(plain, 1);
        snapshots.save(saved(1, "whatever", 2));

        assertThat(snapshotting.load("1").owner()).isEqualTo("ann");
        assertThat(store.calls()).containsExactly("read>0");
    }

    @Test
    void a_snapshot_store_that_fails_never_fails_a_command() {
        SnapshotStore failing = new SnapshotStore() {
            @Override
            public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
                throw new IllegalStateException("the snapshot store is down");
            }

            @Override
            public void save(Snapshot<?> snapshot) {
                throw new IllegalStateException("the snapshot store is down");
            }

            @Override
            public void delete(StreamId stream) {
                throw new IllegalStateException("the snapshot store is down");
            }
        };
        AggregateRepository<Account> accounts = plain.snapshots(failing, SnapshotPolicy.everyEvents(1));

        openWith(accounts, 1);

        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("1.00"));
        assertThat(accounts.snapshotFailures()).isEqualTo(4); // two saves, two loads
    }

    @Test
    void a_state_that_cannot_be_restored_never_fails_a_command() {
        AggregateType<Account, AccountEvent> picky = AggregateType.named("Account", AccountEvent.class, Account::new)
                .on(AccountEvent.AccountOpened.class, (account, event) -> {})
                .on(AccountEvent.MoneyDeposited.class, (account, event) -> {})
                .on(AccountEvent.MoneyWithdrawn.class, (account, event) -> {})
                .snapshot(
                        Account.State.class, account -> new Account.State("", BigDecimal.ZERO, 0), (account, state) -> {
                            throw new IllegalStateException("an old state");
                        })
                .build();
        AggregateRepository<Account> accounts = AggregateRepository.of(picky, store)
                .snapshots(snapshots, SnapshotPolicy.everyEvents(1))
                .cache(AggregateCache.inMemory(10));

        openWith(accounts, 2);

        assertThat(accounts.load("1").version()).isEqualTo(3);
        assertThat(accounts.snapshotFailures()).isPositive();
    }

    @Test
    void refuses_snapshots_of_a_type_that_has_none() {
        AggregateType<Account, AccountEvent> without = AggregateType.named("Bare", AccountEvent.class, Account::new)
                .on(AccountEvent.AccountOpened.class, (account, event) -> {})
                .on(AccountEvent.MoneyDeposited.class, (account, event) -> {})
                .on(AccountEvent.MoneyWithdrawn.class, (account, event) -> {})
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AggregateRepository.of(without, store).snapshots(snapshots, SnapshotPolicy.everyEvents(1)))
                .withMessageContaining("add .snapshot(…)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateRepository.of(without, store).cache(AggregateCache.inMemory(10)))
                .withMessageContaining("add .snapshot(…)");
        assertThatIllegalArgumentException().isThrownBy(() -> SnapshotPolicy.everyEvents(0));
    }

    @Test
    void decides_on_the_state_in_memory_without_reading() {
        openWith(cached, 1);

        assertThat(deposit(cached).version()).isEqualTo(3);
        assertThat(store.calls()).containsExactly("append");
        assertThat(cached.load("1").balance()).isEqualTo(new BigDecimal("2.00"));
    }

    @Test
    void decides_again_on_what_the_store_saw_when_the_state_in_memory_was_overtaken() {
        openWith(cached, 1);
        deposit(plain);
        store.calls();

        assertThat(deposit(cached)).isEqualTo(new UpdateResult<>(STREAM, 4, 1, false, 0));
        assertThat(store.calls()).containsExactly("append", "append");
        assertThat(cached.load("1").balance()).isEqualTo(new BigDecimal("3.00"));
    }

    @Test
    void a_state_in_memory_that_was_overtaken_does_not_count_as_a_retry() {
        openWith(cached, 1);
        deposit(plain);

        assertThat(deposit(cached.retry(RetryPolicy.never())).version()).isEqualTo(4);
    }

    @Test
    void never_rejects_on_the_state_in_memory_alone() {
        openWith(cached, 1);
        plain.update("1", UpdateContext.empty(), account -> account.deposit("500.00"));
        AtomicInteger decisions = new AtomicInteger();

        UpdateResult<?> change = cached.update("1", UpdateContext.empty(), account -> {
            decisions.incrementAndGet();
            account.withdraw("400.00");
        });

        assertThat(change.version()).isEqualTo(4);
        assertThat(decisions).hasValue(2);
    }

    @Test
    void never_answers_that_there_is_nothing_to_do_on_the_state_in_memory_alone() {
        openWith(cached, 1);
        deposit(plain);

        UpdateResult<?> change = cached.update("1", UpdateContext.empty(), account -> {
            if (account.movements() > 1) {
                account.deposit("7.00");
            }
        });

        assertThat(change.version()).isEqualTo(4);
    }

    @Test
    void compares_a_stated_version_with_what_is_stored_and_not_with_the_state_in_memory() {
        openWith(cached, 1);
        deposit(plain);

        UpdateContext atThree = UpdateContext.builder().expectedVersion(3).build();
        assertThat(cached.update("1", atThree, account -> account.deposit("1.00"))
                        .version())
                .isEqualTo(4);
        UpdateContext atTwo = UpdateContext.builder().expectedVersion(2).build();
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> cached.update("1", atTwo, account -> account.deposit("1.00")));
    }

    @Test
    void drops_a_state_in_memory_that_is_ahead_of_a_stream_restored_from_a_backup() {
        AggregateCache memory = AggregateCache.inMemory(10);
        openWith(plain, 1);
        memory.put(new Snapshot<>(STREAM, 9, "lost", 1, new Account.State("ann", new BigDecimal("900.00"), 9)));
        AggregateRepository<Account> accounts = plain.cache(memory);

        assertThat(deposit(accounts).version()).isEqualTo(3);
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("2.00"));
    }

    @Test
    void load_drops_cached_state_that_is_ahead_of_the_stream() {
        AggregateCache memory = AggregateCache.inMemory(10);
        openWith(plain, 1);
        memory.put(new Snapshot<>(STREAM, 9, "lost", 1, new Account.State("ann", new BigDecimal("900.00"), 9)));

        assertThat(plain.cache(memory).load("1").version()).isEqualTo(2);
        assertThat(memory.get(STREAM)).isEmpty();
    }

    @Test
    void uses_saved_snapshot_if_cached_state_has_another_version_or_class() {
        openWith(snapshotting, 2);
        String eventId = snapshot().orElseThrow().eventId();
        Account.State state = new Account.State("eve", BigDecimal.TEN, 9);
        for (Snapshot<?> other :
                List.of(new Snapshot<>(STREAM, 3, eventId, 2, state), new Snapshot<>(STREAM, 3, eventId, 1, "state"))) {
            AggregateCache memory = AggregateCache.inMemory(10);
            memory.put(other);
            AggregateRepository<Account> accounts = snapshotting.cache(memory);

            assertThat(accounts.load("1").owner()).isEqualTo("ann");
            assertThat(accounts.snapshotFailures()).isZero();
            assertThat(store.calls()).containsExactly("read>2");
        }
    }

    @Test
    void a_snapshot_does_not_print_its_state() {
        Snapshot<String> snapshot = new Snapshot<>(STREAM, 9, "e9", 2, "canary-payload");

        assertThat(snapshot.toString()).contains(STREAM.toString(), "9", "2").doesNotContain("canary-payload");
    }
}
