package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Decisions that return a value, and aggregates that are created or updated. */
class UpdateResultTest {

    record Deposit(String aggregateId, String amount) implements Command {}

    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private static void openAndDeposit(Account account, String amount) {
        if (account.owner().isEmpty()) {
            account.open("ann", Instant.EPOCH);
        }
        account.deposit(amount);
    }

    private static BigDecimal deposit(Account account, String amount) {
        openAndDeposit(account, amount);
        return account.balance();
    }

    @Test
    void returns_the_value_of_the_decision_that_was_stored() {
        assertThat(accounts.createReturning("1", UpdateContext.empty(), account -> deposit(account, "1.00")))
                .isEqualTo(new UpdateResult<>(STREAM, 2, 2, false, 0, Optional.of(new BigDecimal("1.00"))));
        store.overtakeNextAppend(() -> accounts.update("1", UpdateContext.empty(), account -> account.deposit("5.00")));

        UpdateResult<BigDecimal> result =
                accounts.updateReturning("1", UpdateContext.empty(), account -> deposit(account, "2.00"));

        assertThat(result.value()).hasValue(new BigDecimal("8.00"));
        assertThat(result.version()).isEqualTo(4);
        assertThat(result.retries()).isEqualTo(1);
        assertThat(result.consistencyToken()).isEqualTo(ConsistencyToken.of(STREAM, 4));
    }

    @Test
    void returns_the_value_of_a_decision_without_events() {
        accounts.create("1", UpdateContext.empty(), account -> openAndDeposit(account, "3.00"));

        UpdateResult<BigDecimal> result = accounts.updateReturning("1", UpdateContext.empty(), Account::balance);

        assertThat(result.value()).hasValue(new BigDecimal("3.00"));
        assertThat(result.eventCount()).isZero();
    }

    @Test
    void returns_no_value_for_a_command_that_was_handled_before() {
        UpdateContext.Builder context = UpdateContext.builder().idempotencyKey("c1", "f");
        accounts.createOrUpdateReturning("1", context.build(), account -> deposit(account, "1.00"));

        UpdateResult<BigDecimal> repeated =
                accounts.createOrUpdateReturning("1", context.build(), account -> deposit(account, "1.00"));

        assertThat(repeated.duplicate()).isTrue();
        assertThat(repeated.value()).isEmpty();
    }

    @Test
    void stores_nothing_when_the_value_is_null() {
        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.createReturning("1", UpdateContext.empty(), account -> {
                    account.open("ann", Instant.EPOCH);
                    return null;
                }))
                .withMessageContaining("a decision returned null");
        assertThat(store.currentVersion(STREAM)).isZero();
    }

    @Test
    void creates_an_aggregate_or_updates_the_one_that_exists() {
        CommandBus bus = CommandBus.builder()
                .creatingOrUpdating(
                        Deposit.class,
                        accounts,
                        (account, command, context) -> openAndDeposit(account, command.amount()))
                .build();

        assertThat(bus.send(new Deposit("1", "1.00"), CommandMetadata.empty()).version())
                .isEqualTo(2);
        assertThat(bus.send(new Deposit("1", "2.00"), CommandMetadata.empty()).version())
                .isEqualTo(3);
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("3.00"));
    }

    @Test
    void updates_aggregate_that_another_writer_created_first() {
        store.overtakeNextAppend(
                () -> accounts.create("1", UpdateContext.empty(), account -> openAndDeposit(account, "5.00")));

        UpdateResult<?> change =
                accounts.createOrUpdate("1", UpdateContext.empty(), account -> openAndDeposit(account, "1.00"));

        assertThat(change).isEqualTo(new UpdateResult<>(STREAM, 3, 1, false, 1));
        assertThat(store.calls())
                .as("the second is the other writer's")
                .containsExactly("read>0", "append", "append", "append");
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("6.00"));
    }

    @Test
    void checks_the_stated_version_of_an_aggregate_that_may_be_new() {
        UpdateContext missing = UpdateContext.builder().expectedVersion(3).build();
        UpdateContext none = UpdateContext.builder().expectedVersion(0).build();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.createOrUpdate("1", missing, account -> openAndDeposit(account, "1.00")))
                .satisfies(e -> assertThat(e.isPreconditionFailed()).isTrue());
        accounts.createOrUpdate("1", none, account -> openAndDeposit(account, "1.00"));
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.createOrUpdate("1", none, account -> openAndDeposit(account, "1.00")));
        UpdateResult<?> unchanged = accounts.createOrUpdate("2", UpdateContext.empty(), account -> {});
        assertThat(unchanged.eventCount()).isZero();
        assertThat(unchanged.consistencyToken()).isEqualTo(ConsistencyToken.none());
    }
}
