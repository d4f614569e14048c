package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.HandledCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The part of {@link EventStoreContract} that is about the records of rejected commands; extend that one. */
abstract class EventStoreRejectionContract extends EventStoreAppendContract {

    private static final String ERROR = "com.example.SoldOutException";
    private static final DerivedKey DERIVED = DerivedKey.of("command");

    @Test
    void rejected_command_is_refused_from_then_on() {
        HandledCommand rejected = store.recordRejection(stream, new IdempotencyKey(DERIVED.text(), "print"), ERROR);

        assertThat(rejected).isEqualTo(new HandledCommand(DERIVED.text(), "print", 0, 0, Optional.of(ERROR)));
        assertThat(store.findCommand(stream, DERIVED.text())).hasValue(rejected);
        assertThat(store.currentVersion(stream)).isZero();
        assertThat(numbers()).isEmpty();
        for (String fingerprint : List.of("print", "other")) { // a setting may have changed the fingerprint
            AppendOptions options = AppendOptions.none().idempotencyKey(DERIVED, fingerprint);
            assertThatExceptionOfType(CommandRejectedException.class)
                    .isThrownBy(() -> store.append(stream, 0, events(stream, 0, 1), options))
                    .satisfies(e -> {
                        assertThat(e.stream()).isEqualTo(stream);
                        assertThat(e.commandId()).isEqualTo(DERIVED.text());
                        assertThat(e.error()).isEqualTo(ERROR);
                    });
        }
        append(0, 2);
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void first_record_of_a_command_counts() {
        store.append(stream, 0, events(stream, 0, 2), AppendOptions.none().idempotencyKey("accepted", "print"));
        HandledCommand first = store.recordRejection(stream, new IdempotencyKey("rejected", "print"), ERROR);

        HandledCommand accepted = store.recordRejection(stream, new IdempotencyKey("accepted", "print"), ERROR);
        HandledCommand second = store.recordRejection(stream, new IdempotencyKey("rejected", "other"), "another");

        assertThat(accepted).isEqualTo(new HandledCommand("accepted", "print", 1, 2));
        assertThat(second).isEqualTo(first);
        assertThat(store.findCommand(stream, "accepted")).hasValue(accepted);
        assertThat(store.findCommand(stream, "rejected")).hasValue(first);
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void concurrent_senders_of_a_command_all_get_one_answer() throws InterruptedException {
        IdempotencyKey key = new IdempotencyKey("cmd", "print");
        Callable<HandledCommand> accepting = () -> {
            try {
                store.append(
                        stream, 0, events(stream, 0, 1), AppendOptions.none().idempotencyKey("cmd", "print"));
                return new HandledCommand("cmd", "print", 1, 1);
            } catch (CommandRejectedException e) {
                return HandledCommand.rejected(key, e.error());
            }
        };

        List<Object> answers = SideBySide.run(
                6, thread -> thread % 2 == 0 ? accepting : () -> store.recordRejection(stream, key, ERROR));

        HandledCommand stored = store.findCommand(stream, "cmd").orElseThrow();
        assertThat(answers).hasSize(6).containsOnly(stored);
        assertThat(numbers()).hasSize(stored.rejection().isPresent() ? 0 : 1);
    }

    @Test
    void deletion_removes_the_records_of_rejections() {
        store.recordRejection(stream, new IdempotencyKey("cmd", "print"), ERROR);
        append(0, 1);
        store.delete(stream, 1);

        assertThat(store.findCommand(stream, "cmd")).isEmpty();
    }
}
