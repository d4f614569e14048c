package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A repeated command takes effect once and gets its first result. */
class IdempotencyTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");
    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private void open() {
        accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", NOW);
            account.deposit("100.00");
        });
    }

    private UpdateResult<?> withdraw(UpdateContext context, String amount) {
        return accounts.update("1", context, account -> account.withdraw(amount));
    }

    private static UpdateContext command(String id, String fingerprint) {
        return UpdateContext.builder().idempotencyKey(id, fingerprint).build();
    }

    private List<EventEnvelope> stored() {
        return store.read(STREAM, 0, Long.MAX_VALUE).toList();
    }

    @Test
    void a_repeated_command_gets_the_first_result_also_when_it_would_now_be_rejected() {
        open();
        UpdateResult<?> first = withdraw(command("c1", "f"), "80.00");

        assertThat(withdraw(command("c1", "f"), "80.00")).isEqualTo(new UpdateResult<>(STREAM, 3, 1, true, 0));
        assertThat(first).isEqualTo(new UpdateResult<>(STREAM, 3, 1, false, 0));
        assertThat(stored()).hasSize(3);
    }

    @Test
    void a_repeated_command_that_would_be_accepted_again_is_not_stored_twice() {
        open();
        withdraw(command("c1", "f"), "10.00");
        withdraw(UpdateContext.empty(), "1.00");

        assertThat(withdraw(command("c1", "f"), "10.00")).isEqualTo(new UpdateResult<>(STREAM, 3, 1, true, 0));
        assertThat(stored()).hasSize(4);
    }

    @Test
    void a_repeated_command_gets_the_first_result_whatever_version_it_stated() {
        open();
        UpdateContext.Builder stated =
                UpdateContext.builder().idempotencyKey("c1", "f").expectedVersion(2);
        withdraw(stated.build(), "10.00");

        assertThat(withdraw(stated.build(), "10.00").duplicate()).isTrue();
        assertThat(stored()).hasSize(3);
    }

    @Test
    void a_repeated_command_that_has_nothing_to_do_any_more_gets_the_first_result() {
        open();
        withdraw(command("c1", "f"), "10.00");

        UpdateResult<?> repeated = accounts.update("1", command("c1", "f"), account -> {});

        assertThat(repeated).isEqualTo(new UpdateResult<>(STREAM, 3, 1, true, 0));
    }

    @Test
    void a_repeated_creation_gets_the_first_result() {
        UpdateResult<?> first = accounts.create("1", command("c1", "f"), account -> account.open("ann", NOW));
        UpdateResult<?> again = accounts.create("1", command("c1", "f"), account -> account.open("ann", NOW));

        assertThat(again).isEqualTo(new UpdateResult<>(STREAM, 1, 1, true, 0));
        assertThat(first.duplicate()).isFalse();
        assertThatExceptionOfType(AggregateAlreadyExistsException.class)
                .isThrownBy(() -> accounts.create("1", command("c2", "f"), account -> account.open("ann", NOW)));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> accounts.create("1", command("c1", "other"), account -> account.open("bob", NOW)));
    }

    @Test
    void refuses_another_command_under_the_same_id() {
        open();
        withdraw(command("c1", "f"), "10.00");

        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> withdraw(command("c1", "other"), "10.00"));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> withdraw(command("c1", "other"), "1000.00"));
        assertThat(stored()).hasSize(3);
    }

    @Test
    void rejects_save_of_aggregate_whose_update_was_a_duplicate() {
        open();
        withdraw(command("c1", "f"), "10.00");
        Account[] kept = new Account[1];
        accounts.update("1", command("c1", "f"), account -> {
            kept[0] = account;
            account.withdraw("10.00");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.save(kept[0], UpdateContext.empty()))
                .withMessageContaining("was handled before");
        assertThat(stored()).hasSize(3);
    }

    @Test
    void derived_key_makes_a_repeated_update_a_duplicate() {
        open();
        DerivedKey key = DerivedKey.of("event-1", "charge");
        for (boolean duplicate : new boolean[] {false, true}) {
            UpdateContext context =
                    UpdateContext.builder().idempotencyKey(key, "f").build();
            assertThat(withdraw(context, "1.00").duplicate()).isEqualTo(duplicate);
        }
        assertThat(store.findCommand(STREAM, key.text())).isPresent();
    }

    @Test
    void never_decides_again_after_an_unknown_outcome() {
        open();
        AtomicInteger decisions = new AtomicInteger();
        store.onNextAppend((inner, stream, version, events, options) -> {
            inner.append(stream, version, events, options);
            throw new EventStoreUnavailableException("the reply was lost", Outcome.UNKNOWN, null, null);
        });

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> accounts.update("1", command("c1", "f"), account -> {
                    decisions.incrementAndGet();
                    account.withdraw("80.00");
                }))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThat(decisions).hasValue(1);
        assertThat(withdraw(command("c1", "f"), "80.00").duplicate()).isTrue();
        assertThat(stored()).hasSize(3);
    }

    @Test
    void a_command_saves_once_to_each_aggregate() {
        open();
        UpdateContext context = command("c1", "f");
        Account account = accounts.load("1");
        account.withdraw("1.00");
        accounts.save(account, context);
        account.withdraw("1.00");

        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.save(account, context))
                .withMessageContaining("raise all of its events before one save");
        assertThat(accounts.save(account, UpdateContext.empty()).version()).isEqualTo(4);
        assertThat(account.version()).isEqualTo(4);
        assertThat(accounts.save(account, UpdateContext.empty()).eventCount()).isZero();
    }
}
