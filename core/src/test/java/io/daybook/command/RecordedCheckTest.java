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
    private boolean permittedType = true;
    private final CommandBus bus = CommandBus.builder()
            .creating(Open.class, accounts, (account, command, context) -> account.open("ann", Instant.EPOCH))
            .authorize(new CommandAuthorizer() {
                @Override
                public boolean permits(Command command, CommandMetadata metadata) {
                    return permitted;
                }

                @Override
                public boolean permitsType(String commandType, CommandMetadata metadata) {
                    return permittedType;
                }
            })
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

    private static EncodedCommand encoded(String json) {
        return new EncodedCommand("Open", 1, json);
    }

    @Test
    void command_of_a_type_that_is_not_authorized_is_rejected_for_good() {
        permittedType = false;
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(encoded("{\"aggregateId\":\"1\"}"), metadata()));
        permittedType = true;

        assertThat(recorded()).hasValue(CommandNotAuthorizedException.class.getName());
        assertThatExceptionOfType(CommandRejectedException.class)
                .isThrownBy(() -> bus.send(encoded("{\"aggregateId\":\"1\"}"), metadata()));
    }

    @Test
    void command_that_was_accepted_stays_so_when_its_type_is_no_longer_authorized() {
        bus.send(new Open("1"), metadata());
        permittedType = false;

        assertThat(bus.send(encoded("{\"aggregateId\":\"1\"}"), metadata()).duplicate())
                .isTrue();
    }

    @Test
    void command_that_this_program_cannot_read_is_not_rejected() {
        assertThatExceptionOfType(CommandSerializationException.class)
                .isThrownBy(() -> bus.send(encoded("{\"aggregateId\":[\"secret\"]}"), metadata()))
                .withMessageContaining("version 1 of the command Open does not match its class: aggregateId")
                .satisfies(e -> {
                    assertThat(e.getMessage()).doesNotContain("secret");
                    assertThat(e.commandType()).isEqualTo("Open");
                    assertThat(e.commandVersion()).isOne();
                    assertThat(CommandOutcome.of(e)).isEqualTo(CommandOutcome.FAILED);
                });

        assertThat(recorded()).isEmpty();
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
