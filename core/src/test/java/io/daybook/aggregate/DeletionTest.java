package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.command.CommandOutcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DeletionTest {

    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final AggregateRepository<Account> accounts =
            AggregateRepository.of(Account.TYPE, store).snapshots(snapshots, SnapshotPolicy.everyEvents(1));

    private static void open(AggregateRepository<Account> accounts) {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        deposit(accounts, "1.00");
    }

    private static UpdateResult<?> deposit(AggregateRepository<Account> accounts, String amount) {
        return accounts.update("1", UpdateContext.empty(), account -> account.deposit(amount));
    }

    private AggregateRepository<Account> ofAnotherProcess() {
        return accounts.cache(AggregateCache.inMemory(10));
    }

    private Optional<Snapshot<Account.State>> snapshot() {
        return snapshots.load(STREAM, Account.State.class, 1);
    }

    private static void assertThatDeleted(ThrowingCallable access) {
        assertThatExceptionOfType(StreamDeletedException.class)
                .isThrownBy(access)
                .satisfies(e -> assertThat(e.stream()).isEqualTo(STREAM))
                .satisfies(e -> assertThat(CommandOutcome.of(e)).isEqualTo(CommandOutcome.DELETED));
    }

    @Test
    void a_deleted_aggregate_is_gone_with_its_snapshot_and_its_id_cannot_be_used_again() {
        open(accounts);
        Account loaded = accounts.load("1");
        loaded.deposit("1.00");
        assertThat(snapshot()).isPresent();

        accounts.delete("1");

        assertThat(snapshot()).isEmpty();
        assertThatDeleted(() -> accounts.load("1"));
        assertThatDeleted(() -> accounts.load("1", 1));
        assertThatDeleted(() -> accounts.find("1"));
        assertThatDeleted(() -> open(accounts));
        assertThatDeleted(() -> deposit(accounts, "1.00"));
        assertThatDeleted(() -> accounts.save(loaded, UpdateContext.empty()));
        assertThat(snapshot()).isEmpty();
    }

    @Test
    void repeated_command_reports_deleted_aggregate() {
        open(accounts);
        UpdateContext context = UpdateContext.builder().idempotencyKey("c", "f").build();
        accounts.update("1", context, account -> account.deposit("1.00"));
        accounts.delete("1");

        assertThatDeleted(() -> accounts.update(
                "1", UpdateContext.builder().idempotencyKey("c", "f").build(), account -> account.deposit("1.00")));
    }

    @Test
    void a_state_in_the_memory_of_another_process_is_of_no_use_and_forgotten() {
        AggregateRepository<Account> another = ofAnotherProcess();
        open(another);
        accounts.delete("1");
        store.calls();

        assertThatDeleted(() -> deposit(another, "1.00"));
        assertThat(store.calls()).as("on the state in memory").containsExactly("append");
        assertThatDeleted(() -> deposit(another, "1.00"));
        assertThat(store.calls()).as("which is there no more").containsExactly("read>0");
    }

    @Test
    void rejection_by_cached_state_is_dropped_if_aggregate_was_deleted() {
        AggregateRepository<Account> another = ofAnotherProcess();
        open(another);
        accounts.delete("1");

        assertThatDeleted(() -> another.update("1", UpdateContext.empty(), account -> account.withdraw("99.00")));
    }

    @Test
    void a_snapshot_that_was_left_behind_is_not_used_and_is_removed() {
        open(accounts);
        Snapshot<Account.State> left = snapshot().orElseThrow();
        accounts.delete("1");

        snapshots.save(left); // by a command that was stored just before
        assertThatDeleted(() -> accounts.load("1"));
        assertThat(snapshot()).isEmpty();

        snapshots.save(left);
        accounts.delete("1");
        assertThat(snapshot()).isEmpty();
    }

    @Test
    void rejection_of_an_aggregate_deleted_meanwhile_removes_the_snapshot_left_behind() {
        open(accounts);
        Snapshot<Account.State> left = snapshot().orElseThrow();

        assertThatDeleted(() -> accounts.update("1", UpdateContext.empty(), account -> {
            accounts.delete("1");
            snapshots.save(left);
            account.withdraw("99.00");
        }));
        assertThat(snapshot()).isEmpty();
    }

    @Test
    void what_a_deletion_left_behind_goes_when_it_is_called_again() {
        AtomicBoolean down = new AtomicBoolean(true);
        SnapshotStore unreliable = new SnapshotStore() {
            @Override
            public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
                return snapshots.load(stream, stateType, schemaVersion);
            }

            @Override
            public void save(Snapshot<?> snapshot) {
                snapshots.save(snapshot);
            }

            @Override
            public void delete(StreamId stream) {
                if (down.get()) {
                    throw new IllegalStateException("the snapshot store is down");
                }
                snapshots.delete(stream);
            }
        };
        AggregateRepository<Account> deleting = accounts.snapshots(unreliable, SnapshotPolicy.never());
        open(accounts);

        assertThatIllegalStateException().isThrownBy(() -> deleting.delete("1"));
        assertThatDeleted(() -> deleting.load("1"));
        assertThat(snapshot()).isPresent();
        down.set(false);
        deleting.delete("1");

        assertThat(snapshot()).isEmpty();
    }

    @Test
    void command_in_progress_reports_deletion_of_its_aggregate() {
        open(accounts);
        store.overtakeNextAppend(() -> accounts.delete("1"));

        assertThatDeleted(() -> deposit(accounts, "1.00"));
    }

    @Test
    void an_aggregate_that_never_was_cannot_be_deleted() {
        assertThatExceptionOfType(AggregateNotFoundException.class).isThrownBy(() -> accounts.delete("1"));

        open(accounts);
        assertThat(accounts.load("1").version()).isEqualTo(2);
    }
}
