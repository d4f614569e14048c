package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After a conflict the repository decides on what the store saw in the way, if that is the whole truth. */
class ConflictTest {

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    @BeforeEach
    void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        store.calls();
    }

    private UpdateResult<?> deposit(String amount) {
        return accounts.update("1", UpdateContext.empty(), account -> account.deposit(amount));
    }

    /** Another writer comes first, and what the store says that it saw is altered. */
    private void overtakeAndTell(String amount, UnaryOperator<List<EventEnvelope>> told) {
        store.onNextAppend((inner, stream, version, events, options) -> {
            depositIn(inner, amount);
            try {
                return inner.append(stream, version, events, options);
            } catch (ConcurrencyException e) {
                throw new ConcurrencyException(
                        e.stream(), e.expectedVersion(), e.actualVersion(), told.apply(e.conflictingEvents()));
            }
        });
    }

    private static void depositIn(EventStore inner, String amount) {
        AggregateRepository.of(Account.TYPE, inner)
                .update("1", UpdateContext.empty(), account -> account.deposit(amount));
    }

    private BigDecimal balance() {
        return accounts.load("1").balance();
    }

    @Test
    void a_conflict_costs_one_append_more_and_no_read() {
        overtakeAndTell("5.00", seen -> seen);
        overtakeAndTell("7.00", seen -> seen);

        assertThat(deposit("1.00").retries()).isEqualTo(2);
        assertThat(store.calls()).containsExactly("read>0", "append", "append", "append");
        assertThat(balance()).isEqualTo(new BigDecimal("13.00"));
    }

    @Test
    void reads_again_if_the_conflict_names_no_events() {
        overtakeAndTell("5.00", seen -> List.of());

        deposit("1.00");
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append");
        assertThat(balance()).isEqualTo(new BigDecimal("6.00"));
    }

    @Test
    void reads_again_where_what_the_store_saw_has_a_gap_or_ends_early() {
        overtakeAndTell("5.00", seen -> seen.subList(0, 1));
        overtakeAndTell("7.00", seen -> List.of(seen.get(0), seen.get(0)));

        deposit("1.00");
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append", "read>0", "append");
        assertThat(balance()).isEqualTo(new BigDecimal("13.00"));
    }

    @Test
    void reads_again_where_the_stream_is_another_than_was_read() {
        overtakeAndTell("5.00", seen -> {
            List<EventEnvelope> other = new ArrayList<>(seen);
            other.set(0, withOtherId(seen.get(0)));
            return other;
        });

        deposit("1.00");
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append");
        assertThat(balance()).isEqualTo(new BigDecimal("6.00"));
    }

    private static EventEnvelope withOtherId(EventEnvelope event) {
        return EventEnvelope.of(
                EventMetadata.builder()
                        .eventId(UUID.randomUUID().toString())
                        .eventType(event.metadata().eventType(), 1)
                        .timestamp(event.metadata().timestamp())
                        .aggregate("Account", "1")
                        .sequenceNumber(event.metadata().sequenceNumber())
                        .build(),
                event.event());
    }

    @Test
    void decides_on_what_was_read_again_and_the_events_of_the_next_conflict() {
        deposit("1.00");
        store.calls();
        overtakeAndTell("5.00", seen -> List.of());
        overtakeAndTell("7.00", seen -> seen);
        List<String> balances = new ArrayList<>();

        accounts.update("1", UpdateContext.empty(), account -> {
            balances.add(account.balance().toString());
            account.deposit("1.00");
        });
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append", "append");
        assertThat(balances).containsExactly("1.00", "6.00", "13.00");
    }

    /** Adds deposits of 1.00, 90 in each append. */
    private void deposits(int count) {
        for (int left = count; left > 0; left -= 90) {
            int deposits = Math.min(left, 90);
            accounts.update("1", UpdateContext.empty(), account -> {
                for (int i = 0; i < deposits; i++) {
                    account.deposit("1.00");
                }
            });
        }
        store.calls();
    }

    @Test
    void a_history_of_500_events_with_those_of_the_conflict_is_kept() {
        deposits(498);
        overtakeAndTell("5.00", seen -> seen);

        deposit("1.00");
        assertThat(store.calls()).containsExactly("read>0", "append", "append");
        assertThat(balance()).isEqualTo(new BigDecimal("504.00"));
    }

    @ParameterizedTest
    @ValueSource(ints = {499, 540})
    void a_longer_history_is_read_again_rather_than_kept(int deposits) {
        deposits(deposits);
        overtakeAndTell("5.00", seen -> seen);

        deposit("1.00");
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append");
        assertThat(balance()).isEqualByComparingTo(Integer.toString(deposits + 6));
    }

    @Test
    void waits_briefly_for_the_expected_version() {
        UpdateContext ahead = UpdateContext.builder().expectedVersion(9).build();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.update("1", ahead, account -> account.deposit("1.00")));
        assertThat(store.calls()).containsExactly("read>0", "currentVersion", "currentVersion", "currentVersion");
    }

    @Test
    void counts_no_snapshot_failure_of_a_repository_without_snapshots() {
        int[] handled = {0};
        AggregateType<Account, AccountEvent> fragile = AggregateType.named("Account", AccountEvent.class, Account::new)
                .on(AccountEvent.AccountOpened.class, (account, event) -> {})
                .on(AccountEvent.MoneyDeposited.class, (account, event) -> {
                    if (handled[0]++ > 0) {
                        throw new IllegalArgumentException("the handler failed");
                    }
                })
                .on(AccountEvent.MoneyWithdrawn.class, (account, event) -> {})
                .build();
        AggregateRepository<Account> repository = AggregateRepository.of(fragile, store);
        store.overtakeNextAppend(() -> deposit("5.00"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> repository.update("1", UpdateContext.empty(), account -> account.deposit("1.00")))
                .withMessage("the handler failed");
        assertThat(repository.snapshotFailures()).isZero();
    }

    @Test
    void a_stated_version_behind_is_answered_at_once() {
        deposit("1.00");
        store.calls();
        UpdateContext behind = UpdateContext.builder().expectedVersion(1).build();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.update("1", behind, account -> account.deposit("1.00")));
        assertThat(store.calls()).containsExactly("read>0");
    }
}
