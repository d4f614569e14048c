package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handlers that load and save by themselves get what {@code update} promises, but for retries. */
class SaveTest {

    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    @BeforeEach
    void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        deposit("100.00");
    }

    private void deposit(String amount) {
        accounts.update("1", UpdateContext.empty(), account -> account.deposit(amount));
    }

    private static UpdateContext stated(long version) {
        return UpdateContext.builder().expectedVersion(version).build();
    }

    private static UpdateContext command(String id) {
        return UpdateContext.builder().idempotencyKey(id, "f").build();
    }

    private Account withdrawn(String amount) {
        Account account = accounts.load("1");
        account.withdraw(amount);
        return account;
    }

    private void loseNextReply(boolean stored) {
        store.onNextAppend((inner, stream, version, events, options) -> {
            if (stored) {
                inner.append(stream, version, events, options);
            }
            throw new EventStoreUnavailableException("the reply was lost", Outcome.UNKNOWN, null, null);
        });
    }

    private void saveWithUnknownOutcome(Account account, UpdateContext context) {
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> accounts.save(account, context));
    }

    private long version() {
        return store.currentVersion(STREAM);
    }

    @Test
    void refuses_save_of_aggregate_loaded_behind_or_ahead_of_the_stated_version() {
        for (long version : new long[] {0, 1, 3}) {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> accounts.save(withdrawn("1.00"), stated(version)))
                    .satisfies(e -> {
                        assertThat(e.isPreconditionFailed()).isTrue();
                        assertThat(e.expectedVersion()).isEqualTo(version);
                        assertThat(e.actualVersion()).isEqualTo(2);
                    });
        }
        assertThat(version()).isEqualTo(2);
        assertThat(accounts.save(withdrawn("1.00"), stated(2)).version()).isEqualTo(3);
    }

    @Test
    void reports_conflict_of_save_with_stated_version_as_stated() {
        Account account = withdrawn("1.00");
        deposit("5.00");

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(account, stated(2)))
                .satisfies(e -> assertThat(e.isPreconditionFailed()).isTrue());
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(account, UpdateContext.empty()))
                .satisfies(e -> assertThat(e.isPreconditionFailed()).isFalse());
    }

    @Test
    void refuses_save_of_new_aggregate_with_stated_version() {
        Account account = Account.TYPE.newInstance("2");
        account.open("bob", Instant.EPOCH);

        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(() -> accounts.save(account, stated(1)));
        assertThat(accounts.save(account, stated(0)).version()).isEqualTo(1);
    }

    @Test
    void empty_save_honors_the_stated_version() {
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(accounts.load("1"), stated(1)))
                .satisfies(e -> assertThat(e.isPreconditionFailed()).isTrue());
        assertThat(accounts.save(accounts.load("1"), stated(2)).eventCount()).isZero();
    }

    @Test
    void empty_save_of_a_handled_command_returns_the_first_result() {
        accounts.save(withdrawn("1.00"), command("c1"));
        deposit("1.00");

        assertThat(accounts.save(accounts.load("1"), command("c1")))
                .isEqualTo(new UpdateResult<>(STREAM, 3, 1, true, 0));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> accounts.save(
                        accounts.load("1"),
                        UpdateContext.builder().idempotencyKey("c1", "other").build()));
    }

    @Test
    void save_of_a_handled_command_returns_the_first_result_whatever_version_it_stated() {
        UpdateContext.Builder context =
                UpdateContext.builder().idempotencyKey("c1", "f").expectedVersion(2);
        accounts.save(withdrawn("1.00"), context.build());
        Account repeated = withdrawn("1.00");

        assertThat(accounts.save(repeated, context.build())).isEqualTo(new UpdateResult<>(STREAM, 3, 1, true, 0));
        assertThatIllegalStateException().isThrownBy(() -> accounts.save(repeated, UpdateContext.empty()));
        assertThat(version()).isEqualTo(3);
    }

    @Test
    void repeats_the_same_append_after_an_unknown_outcome_that_was_stored() {
        for (UpdateContext context : new UpdateContext[] {UpdateContext.empty(), command("c1"), stated(4)}) {
            long before = version();
            Account account = withdrawn("1.00");
            loseNextReply(true);
            saveWithUnknownOutcome(account, context);
            assertThat(version()).isEqualTo(before + 1);

            assertThat(accounts.save(account, context)).isEqualTo(new UpdateResult<>(STREAM, before + 1, 1, false, 0));
            assertThat(version()).isEqualTo(before + 1);
            assertThat(account.version()).isEqualTo(before + 1);
            assertThat(account.raisedEvents()).isEmpty();
        }
    }

    @Test
    void repeats_the_same_append_after_an_unknown_outcome_that_was_not_stored() {
        Account account = withdrawn("1.00");
        loseNextReply(false);
        loseNextReply(true);
        saveWithUnknownOutcome(account, UpdateContext.empty());
        saveWithUnknownOutcome(account, UpdateContext.empty());
        deposit("7.00");

        assertThat(accounts.save(account, UpdateContext.empty()).version()).isEqualTo(3);
        assertThat(version()).isEqualTo(4);
    }

    @Test
    void refuses_further_events_while_the_outcome_of_a_save_is_unknown() {
        Account account = withdrawn("1.00");
        loseNextReply(true);
        saveWithUnknownOutcome(account, command("c1"));

        assertThatIllegalStateException()
                .isThrownBy(() -> account.deposit("1.00"))
                .withMessageContaining("the outcome of the last save of Account-1 is unknown");
        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.save(account, command("c2")))
                .withMessageContaining("for another command");
        accounts.save(account, command("c1"));
        account.deposit("1.00");
        assertThat(accounts.save(account, command("c2")).version()).isEqualTo(4);
    }

    @Test
    void answers_a_repeated_append_that_lost_against_another_writer_with_a_conflict() {
        Account account = withdrawn("1.00");
        loseNextReply(false);
        saveWithUnknownOutcome(account, UpdateContext.empty());
        deposit("5.00");

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(account, UpdateContext.empty()));
        assertThat(version()).isEqualTo(3);
        account.deposit("1.00"); // the outcome is known now
        assertThat(((AggregateRoot<?>) account).raised()).hasSize(2);
    }

    @Test
    void keeps_the_refusal_when_the_look_up_of_the_command_fails() {
        store.onNextAppend((inner, stream, version, events, options) -> {
            inner.append(stream, version, events, AppendOptions.none().idempotencyKey("c1", "other"));
            throw AppendTooLargeException.appendTooLarge(stream, 2, 1);
        });

        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> accounts.update("1", command("c1"), account -> account.deposit("1.00")))
                .satisfies(
                        e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(AppendTooLargeException.class));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> accounts.update("1", command("c1"), account -> account.withdraw("9999.00")))
                .satisfies(e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(DomainException.class));
    }

    @Test
    void refuses_event_ids_that_are_the_same_twice() {
        AggregateRepository<Account> constant = accounts.eventIds(() -> "always");
        constant.create("2", UpdateContext.empty(), account -> account.open("bob", Instant.EPOCH));

        assertThatIllegalStateException()
                .isThrownBy(() ->
                        constant.create("2", UpdateContext.empty(), account -> account.open("eve", Instant.EPOCH)))
                .withMessageContaining("always twice in a row");
        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.eventIds(() -> "one").update("2", UpdateContext.empty(), account -> {
                    account.deposit("1.00");
                    account.deposit("2.00");
                }));
        assertThat(store.currentVersion(StreamId.of("Account", "2"))).isEqualTo(1);
    }

    @Test
    void takes_events_with_known_ids_and_other_times_for_another_append() {
        Clock earlier = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        accounts.eventIds(() -> "always")
                .clock(earlier)
                .create("2", UpdateContext.empty(), account -> account.open("bob", Instant.EPOCH));

        assertThatExceptionOfType(AggregateAlreadyExistsException.class)
                .isThrownBy(() -> accounts.eventIds(() -> "always")
                        .clock(Clock.offset(earlier, Duration.ofNanos(1)))
                        .create("2", UpdateContext.empty(), account -> account.open("eve", Instant.EPOCH)));
    }
}
