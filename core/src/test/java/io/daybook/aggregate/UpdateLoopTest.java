package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.ScriptedEventStore;
import io.daybook.contract.Patience;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of the update loop: timeout, retries and pauses, and which commands it releases. */
class UpdateLoopTest {

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    @BeforeEach
    void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
    }

    private static UpdateContext command(String id) {
        return UpdateContext.builder().idempotencyKey(id, "f").build();
    }

    private void deposit(UpdateContext context) {
        accounts.update("1", context, account -> account.deposit("1.00"));
    }

    private void conflictOnNextAppend(Runnable event) {
        store.onNextAppend((inner, stream, version, events, options) -> {
            event.run();
            throw new ConcurrencyException(stream, version, version + 1, List.of());
        });
    }

    private void failNextAppend(Outcome outcome) {
        store.onNextAppend((inner, stream, version, events, options) -> {
            throw new EventStoreUnavailableException("the store is unavailable", outcome, null, null);
        });
    }

    @Test
    void does_not_decide_again_after_the_timeout() {
        AtomicLong nanos = new AtomicLong();
        CommandTimeout timeout = CommandTimeout.after(Duration.ofMillis(100), nanos::get);
        AtomicInteger decisions = new AtomicInteger();
        conflictOnNextAppend(() -> nanos.set(Duration.ofSeconds(1).toNanos()));

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> accounts.update(
                        "1", UpdateContext.builder().timeout(timeout).build(), account -> {
                            decisions.incrementAndGet();
                            account.deposit("1.00");
                        }))
                .withMessageStartingWith("the decision on Account-1 was not started");
        assertThat(decisions).hasValue(1);
    }

    @Test
    void rejects_decision_that_hides_a_failed_event() {
        AggregateType<Account, AccountEvent> fragile = AggregateType.named("Account", AccountEvent.class, Account::new)
                .on(AccountEvent.AccountOpened.class, (account, event) -> {})
                .on(AccountEvent.MoneyWithdrawn.class, (account, event) -> {})
                .on(AccountEvent.MoneyDeposited.class, (account, event) -> {
                    throw new UnsupportedOperationException();
                })
                .build();
        AggregateRepository<Account> failing = AggregateRepository.of(fragile, store);

        assertThatIllegalStateException()
                .isThrownBy(() -> failing.update("1", UpdateContext.empty(), UpdateLoopTest::depositAndHideFailure))
                .withMessageContaining("is invalid because");
        assertThatIllegalStateException()
                .isThrownBy(() -> failing.create("2", UpdateContext.empty(), UpdateLoopTest::depositAndHideFailure))
                .withMessageContaining("is invalid because");
    }

    private static void depositAndHideFailure(Account account) {
        try {
            account.deposit("1.00");
        } catch (UnsupportedOperationException hidden) {
            assertThat(account.movements()).isZero();
        }
    }

    @Test
    void repeated_creation_gets_its_first_result_at_any_expected_version() {
        accounts.create("2", command("c1"), account -> account.open("bob", Instant.EPOCH));

        UpdateContext later = UpdateContext.builder()
                .idempotencyKey("c1", "f")
                .expectedVersion(3)
                .build();
        assertThat(accounts.create("2", later, account -> account.open("bob", Instant.EPOCH))
                        .duplicate())
                .isTrue();
    }

    @Test
    void repeated_creation_that_raises_nothing_gets_its_first_result() {
        accounts.create("2", command("c1"), account -> account.open("bob", Instant.EPOCH));

        UpdateResult<Void> repeated = accounts.create("2", command("c1"), account -> {});
        assertThat(repeated.duplicate()).isTrue();
        assertThat(repeated.version()).isEqualTo(1);
    }

    @Test
    void releases_a_command_whose_append_was_not_stored() {
        UpdateContext context = command("c1");
        failNextAppend(Outcome.NOT_STORED);
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> deposit(context));

        deposit(context);
        assertThat(accounts.load("1").version()).isEqualTo(2);
    }

    @Test
    void holds_a_command_whose_append_may_be_stored() {
        UpdateContext context = command("c1");
        failNextAppend(Outcome.UNKNOWN);
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> deposit(context));

        assertThatIllegalStateException()
                .isThrownBy(() -> deposit(context))
                .withMessageContaining("the command c1 saves to Account-1 more than once");
    }

    @Test
    void holds_a_command_whose_repeated_append_was_not_stored() {
        UpdateContext context = command("c1");
        Account account = accounts.load("1");
        account.deposit("1.00");
        failNextAppend(Outcome.UNKNOWN);
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> accounts.save(account, context));
        failNextAppend(Outcome.NOT_STORED);
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> accounts.save(account, context));

        assertThatIllegalStateException()
                .isThrownBy(() -> deposit(context)) // the first attempt may be stored
                .withMessageContaining("the command c1 saves to Account-1 more than once");
    }

    @Test
    void counts_retries_in_the_context() {
        UpdateContext context = command("c1");
        conflictOnNextAppend(() -> {});
        conflictOnNextAppend(() -> {});

        deposit(context);
        assertThat(context.retries()).isEqualTo(2);
    }

    @Test
    void waits_no_longer_than_the_timeout_between_retries() {
        int retries = 60; // the pause before the last is up to a day
        RetryPolicy patient = new RetryPolicy(retries, Duration.ofNanos(1), Duration.ofDays(1));
        UpdateContext context = UpdateContext.builder()
                .timeout(CommandTimeout.after(Duration.ofNanos(1000), () -> 0))
                .build();
        for (int i = 0; i <= retries; i++) {
            conflictOnNextAppend(() -> {});
        }

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.retry(patient).update("1", context, account -> account.deposit("1.00")));
        assertThat(context.retries()).isEqualTo(retries);
    }

    @Test
    void waits_without_a_busy_loop_until_it_is_interrupted() throws Exception {
        RetryPolicy patient = new RetryPolicy(60, Duration.ofNanos(1), Duration.ofDays(1)); // the pauses reach a day
        for (int i = 0; i < 60; i++) {
            conflictOnNextAppend(() -> {});
        }
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> accounts.retry(patient)
                            .update("1", UpdateContext.empty(), account -> account.deposit("1.00")));
            return Thread.interrupted();
        });
        Thread writer = new Thread(interrupted);
        writer.setDaemon(true);
        writer.start();
        Patience.await().until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        writer.interrupt();

        assertThat(interrupted.get()).as("the flag stays set").isTrue();
        assertThat(accounts.load("1").version()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void outcome_stays_unknown_while_no_other_event_has_the_position(long actualVersion) {
        Account account = accounts.load("1");
        account.deposit("1.00");
        failNextAppend(Outcome.UNKNOWN);
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> accounts.save(account, UpdateContext.empty()));
        store.onNextAppend((inner, stream, version, events, options) -> {
            throw new ConcurrencyException(stream, version, actualVersion);
        });
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(account, UpdateContext.empty()));

        assertThatIllegalStateException()
                .isThrownBy(() -> account.deposit("1.00"))
                .withMessageContaining("the outcome of the last save of Account-1 is unknown");
    }

    @Test
    void pauses_are_in_proportion_to_the_time_of_an_attempt() {
        int retries = 8;
        RetryPolicy slow =
                new RetryPolicy(retries, Duration.ofHours(1), Duration.ofHours(1)); // for an attempt of an hour
        UpdateContext context = command("c1");
        for (int i = 0; i < retries; i++) {
            conflictOnNextAppend(() -> {});
        }

        accounts.retry(slow).update("1", context, account -> account.deposit("1.00"));
        assertThat(context.retries()).isEqualTo(retries);
    }
}
