package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A "no" is answered only after a read that is not behind another writer. */
class StaleReadTest {

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    @BeforeEach
    void openWithTwoDeposits() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        deposit();
        deposit();
        store.calls();
    }

    private UpdateResult<?> deposit() {
        return accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
    }

    private static UpdateContext command() {
        return UpdateContext.builder().idempotencyKey("c", "fingerprint").build();
    }

    @Test
    void decides_again_when_the_rejection_was_of_old_state() {
        store.lagBehind(1);

        UpdateResult<?> change = accounts.update("1", UpdateContext.empty(), account -> account.withdraw("2.00"));

        assertThat(change.version()).isEqualTo(4);
        assertThat(store.calls()).containsExactly("read>0", "readCurrent>1", "append");
    }

    @Test
    void decides_again_when_there_was_nothing_to_do_on_old_state() {
        store.lagBehind(2);

        UpdateResult<?> change = accounts.update("1", UpdateContext.empty(), account -> {
            if (account.movements() == 2) {
                account.deposit("5.00");
            }
        });

        assertThat(change.eventCount()).isEqualTo(1);
        store.lagBehind(Long.MAX_VALUE);
        assertThat(accounts.load("1").balance()).isEqualByComparingTo("7.00");
    }

    @Test
    void finds_an_aggregate_that_a_read_did_not_see_yet() {
        store.lagBehind(0);

        assertThat(accounts.update("1", UpdateContext.empty(), account -> account.withdraw("2.00"))
                        .version())
                .isEqualTo(4);
    }

    @Test
    void finds_an_aggregate_at_the_expected_version_that_a_read_did_not_see_yet() {
        store.lagBehind(0);
        UpdateContext stated = UpdateContext.builder().expectedVersion(3).build();

        assertThat(accounts.update("1", stated, account -> account.withdraw("2.00"))
                        .version())
                .isEqualTo(4);
        assertThat(store.calls()).containsExactly("read>0", "currentVersion", "read>0", "readCurrent>0", "append");
    }

    @Test
    void reads_all_events_if_a_read_missed_more_than_are_kept() {
        for (int i = 0; i < 6; i++) {
            accounts.update("1", UpdateContext.empty(), account -> {
                for (int deposit = 0; deposit < 90; deposit++) {
                    account.deposit("1.00");
                }
            });
        }
        store.calls();
        store.lagBehind(3);

        assertThat(accounts.update("1", UpdateContext.empty(), account -> account.withdraw("542.00"))
                        .version())
                .isEqualTo(544);
        assertThat(store.calls()).containsExactly("read>0", "readCurrent>3", "readCurrent>0", "append");
    }

    @Test
    void decides_on_a_snapshot_and_the_events_that_a_read_did_not_see() {
        AggregateRepository<Account> snapshotting =
                accounts.snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(2));
        snapshotting.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
        deposit();
        store.calls();
        store.lagBehind(4);

        assertThat(snapshotting
                        .update("1", UpdateContext.empty(), account -> account.withdraw("4.00"))
                        .version())
                .isEqualTo(6);
        assertThat(store.calls()).containsExactly("read>3", "readCurrent>4", "append");
    }

    @Test
    void a_rejection_takes_one_read_more_and_runs_the_decision_once() {
        int[] decisions = new int[1];

        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("1", UpdateContext.empty(), account -> {
                    decisions[0]++;
                    account.withdraw("99.00");
                }));

        assertThat(store.calls()).containsExactly("read>0", "readCurrent>3");
        assertThat(decisions[0]).isEqualTo(1);
    }

    @Test
    void nothing_to_do_takes_one_read_more() {
        assertThat(accounts.update("1", command(), account -> {}).eventCount()).isZero();

        assertThat(store.calls()).containsExactly("read>0", "findCommand", "readCurrent>3");
    }

    @Test
    void not_found_takes_one_read_more() {
        assertThatExceptionOfType(AggregateNotFoundException.class)
                .isThrownBy(() -> accounts.update("2", command(), account -> account.deposit("1.00")));

        assertThat(store.calls()).containsExactly("read>0", "readCurrent>0");
    }

    @Test
    void an_accepted_command_and_a_load_take_none() {
        deposit();
        accounts.find("1");
        accounts.find("2");
        accounts.load("1");

        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "read>0", "read>0");
    }

    @Test
    void a_duplicate_takes_none() {
        accounts.update("1", command(), account -> account.deposit("1.00"));
        store.calls();

        assertThat(accounts.update("1", command(), account -> account.withdraw("99.00"))
                        .duplicate())
                .isTrue();
        assertThat(store.calls()).containsExactly("read>0", "findCommand");
    }

    @Test
    void a_stated_version_that_does_not_match_takes_none() {
        UpdateContext stated = UpdateContext.builder().expectedVersion(1).build();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.update("1", stated, account -> account.deposit("1.00")));
        assertThat(store.calls()).doesNotContain("readCurrent>3");
    }

    @Test
    void a_rejection_of_a_state_in_memory_is_checked_on_what_is_stored() {
        AggregateRepository<Account> cached = accounts.cache(AggregateCache.inMemory(10));
        cached.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
        deposit();
        store.lagBehind(4);

        assertThat(cached.update("1", UpdateContext.empty(), account -> account.withdraw("4.00"))
                        .version())
                .isEqualTo(6);
    }

    @Test
    void rejected_command_on_deleted_stream_reports_the_deletion() {
        store.lagBehind(0);
        accounts.delete("1");

        assertThatExceptionOfType(StreamDeletedException.class)
                .isThrownBy(() -> accounts.update("1", UpdateContext.empty(), account -> account.withdraw("99.00")));
    }

    @Test
    void create_that_raises_nothing_fails_if_the_aggregate_exists() {
        store.lagBehind(0);

        assertThatExceptionOfType(AggregateAlreadyExistsException.class)
                .isThrownBy(() -> accounts.create("1", UpdateContext.empty(), account -> {}))
                .satisfies(e -> assertThat(e.stream()).isEqualTo(StreamId.of("Account", "1")));
        assertThat(accounts.create("2", UpdateContext.empty(), account -> {}))
                .isEqualTo(new UpdateResult<>(StreamId.of("Account", "2"), 0, 0, false, 0));
    }

    @Test
    void deletes_an_aggregate_that_a_read_did_not_see_yet() {
        ScriptedEventStore behind = new ScriptedEventStore() {
            @Override
            public long currentVersion(StreamId stream) {
                return Math.min(0, super.currentVersion(stream));
            }
        };
        AggregateRepository<Account> created = AggregateRepository.of(Account.TYPE, behind);
        created.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));

        created.delete("1");

        assertThatExceptionOfType(StreamDeletedException.class).isThrownBy(() -> created.load("1"));
        assertThatExceptionOfType(AggregateNotFoundException.class).isThrownBy(() -> created.delete("2"));
    }
}
