package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A command that records its rejections gets one answer, whatever changes between two sends. */
class RecordedRejectionTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final StreamId STREAM = StreamId.of("Account", "1");

    private Runnable beforeRecording = () -> {};
    private final ScriptedEventStore store = new ScriptedEventStore() {
        @Override
        public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
            beforeRecording.run();
            return super.recordRejection(stream, command, error);
        }
    };
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private static UpdateContext command() {
        return UpdateContext.builder()
                .idempotencyKey("c1", "f")
                .recordRejections()
                .build();
    }

    private void open(String amount) {
        accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", NOW);
            account.deposit(amount);
        });
    }

    private UpdateResult<?> withdraw(UpdateContext context) {
        return accounts.update("1", context, account -> account.withdraw("10.00"));
    }

    private Optional<String> recorded() {
        return store.findCommand(STREAM, "c1").flatMap(HandledCommand::rejection);
    }

    @Test
    void rejection_is_final_though_the_decision_would_accept_now() {
        open("1.00");
        assertThatExceptionOfType(DomainException.class).isThrownBy(() -> withdraw(command()));
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("100.00"));

        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> withdraw(command()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(recorded().orElseThrow()));
        assertThat(store.currentVersion(STREAM)).isEqualTo(3);
    }

    @Test
    void rejection_of_an_aggregate_that_does_not_exist_is_final() {
        assertThatExceptionOfType(AggregateNotFoundException.class).isThrownBy(() -> withdraw(command()));
        open("100.00");

        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> withdraw(command()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(AggregateNotFoundException.class.getName()));
        assertThat(store.currentVersion(STREAM)).isEqualTo(2);
    }

    @Test
    void rejected_creation_is_final() {
        open("1.00");

        assertThatExceptionOfType(AggregateAlreadyExistsException.class)
                .isThrownBy(() -> accounts.create("1", command(), account -> account.open("ann", NOW)));
        assertThat(recorded()).hasValue(AggregateAlreadyExistsException.class.getName());
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.create("2", command(), account -> account.withdraw("1.00")));
        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> accounts.create("2", command(), account -> account.open("ann", NOW)));
    }

    @Test
    void sender_that_was_accepted_first_is_right() {
        open("1.00");
        beforeRecording = () -> accounts.update("1", command(), account -> account.deposit("5.00"));

        UpdateResult<?> result = withdraw(command());

        assertThat(result.duplicate()).isTrue();
        assertThat(result.version()).isEqualTo(3);
        assertThat(recorded()).isEmpty();
    }

    @Test
    void rejection_that_was_recorded_first_is_right() {
        open("1.00");
        store.onNextAppend((inner, stream, version, events, options) -> {
            inner.recordRejection(stream, options.idempotencyKey().orElseThrow(), "com.example.First");
            return inner.append(stream, version, events, options);
        });

        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> accounts.update("1", command(), account -> account.deposit("5.00")))
                .satisfies(e -> assertThat(e.error()).isEqualTo("com.example.First"));
        assertThatExceptionOfType(CommandRejectedException.class).isThrownBy(() -> withdraw(command()));
        assertThat(store.currentVersion(STREAM)).isEqualTo(2);
    }

    @Test
    void rejection_that_cannot_be_recorded_is_no_answer() {
        open("1.00");
        beforeRecording = () -> {
            throw new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null);
        };

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> withdraw(command()))
                .satisfies(e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(DomainException.class));
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("100.00"));
        assertThat(withdraw(command()).duplicate()).isFalse();
    }

    @Test
    void another_command_under_the_id_of_an_accepted_one_is_reported() {
        open("100.00");
        withdraw(command());
        UpdateContext other = UpdateContext.builder()
                .idempotencyKey("c1", "other")
                .recordRejections()
                .build();

        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> accounts.update("1", other, account -> account.withdraw("1000.00")));
    }

    @Test
    void recording_takes_one_more_request_and_only_for_a_rejection() {
        open("20.00");
        store.calls();
        withdraw(command());
        assertThat(store.calls()).containsExactly("read>0", "append");
        UpdateContext plain = UpdateContext.builder().idempotencyKey("c2", "f").build();
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("1", plain, account -> account.withdraw("99.00")));
        int without = store.calls().size();
        UpdateContext recording = UpdateContext.builder()
                .idempotencyKey("c3", "f")
                .recordRejections()
                .build();
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("1", recording, account -> account.withdraw("99.00")));

        assertThat(store.calls()).hasSize(without + 1).endsWith("recordRejection");
    }
}
