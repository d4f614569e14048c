package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is stored is never reported as failed, and what is not stored never gets in by a later save. */
class AfterCommitTest {

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private static UpdateResult<?> open(AggregateRepository<Account> accounts) {
        return accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", Instant.EPOCH);
            account.deposit("100.00");
        });
    }

    private static UpdateContext command(String id) {
        return UpdateContext.builder().idempotencyKey(id, "f").build();
    }

    @Test
    void a_snapshot_policy_that_fails_never_fails_a_command() {
        AggregateRepository<Account> failing = accounts.snapshots(new InMemorySnapshotStore(), (before, after) -> {
            throw new IllegalStateException("the policy is broken");
        });

        assertThat(open(failing).version()).isEqualTo(2);
        assertThat(failing.snapshotFailures()).isEqualTo(1);
    }

    @Test
    void a_snapshot_store_that_fails_with_an_error_never_fails_a_command() {
        SnapshotStore erring = new SnapshotStore() {
            @Override
            public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
                return Optional.empty();
            }

            @Override
            public void save(Snapshot<?> snapshot) {
                throw new NoClassDefFoundError("a library is missing");
            }

            @Override
            public void delete(StreamId stream) {}
        };
        AggregateRepository<Account> failing = accounts.snapshots(erring, SnapshotPolicy.everyEvents(1));

        assertThat(open(failing).version()).isEqualTo(2);
        assertThat(failing.snapshotFailures()).isEqualTo(1);
    }

    @Test
    void what_a_duplicate_raised_is_not_stored_by_the_next_save() {
        open(accounts);
        accounts.update("1", command("c1"), account -> account.withdraw("40.00"));
        Account account = accounts.load("1");
        account.withdraw("40.00");
        assertThat(accounts.save(account, command("c1")).duplicate()).isTrue();

        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.save(account, command("c2")))
                .withMessageContaining("load the aggregate again");
        assertThatIllegalStateException().isThrownBy(() -> account.deposit("5.00"));
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("60.00"));
    }
}
