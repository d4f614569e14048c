package io.daybook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A command that fails a check is rejected for good, if it records its rejections, even if the check would pass now. */
class RecordedCheckTest {

    private static final ThreadLocal<Boolean> VALID = ThreadLocal.withInitial(() -> true);

    record Open(String aggregateId) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(VALID.get(), "rule", "forbids it");
        }
    }

    private static final DerivedKey KEY = DerivedKey.of("command");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private boolean permitted = true;
    private final CommandBus bus = CommandBus.builder()
            .creating(Open.class, accounts, (account, command, context) -> account.open("ann", Instant.EPOCH))
            .authorize((command, metadata) -> permitted)
            .build();

    private static CommandMetadata metadata() {
        return CommandMetadata.builder().derivedKey(KEY).recordRejections().build();
    }

    private Optional<String> recorded() {
        return store.findCommand(StreamId.of("Account", "1"), KEY.text()).flatMap(HandledCommand::rejection);
    }

    @Test
    void invalid_command_is_rejected_for_good() {
        VALID.set(false);
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> bus.send(new Open("1"), metadata()));
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> bus.send(new Open(""), metadata()));
        VALID.remove();

        assertThat(recorded()).hasValue(CommandValidationException.class.getName());
        assertThatExceptionOfType(CommandRejectedException.class).isThrownBy(() -> bus.send(new Open("1"), metadata()));
    }

    @Test
    void command_that_was_not_authorized_is_rejected_for_good() {
        permitted = false;
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(new Open("1"), metadata()));
        permitted = true;

        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> bus.send(new Open("1"), metadata()))
                .satisfies(e -> assertThat(CommandOutcome.of(e)).isEqualTo(CommandOutcome.REJECTED));
    }

    @Test
    void command_that_was_accepted_stays_so_when_it_would_fail_a_check() {
        bus.send(new Open("1"), metadata());
        permitted = false;

        assertThat(bus.send(new Open("1"), metadata()).duplicate()).isTrue();
    }

    @Test
    void other_commands_record_nothing() {
        permitted = false;
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(
                        new Open("1"), CommandMetadata.builder().derivedKey(KEY).build()));

        assertThat(recorded()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> CommandMetadata.builder().recordRejections().build());
    }
}
