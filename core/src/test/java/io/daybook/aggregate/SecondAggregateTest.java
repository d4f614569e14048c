package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandContext;
import io.daybook.command.CommandHandler;
import io.daybook.command.CommandMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handlers that update one aggregate twice, or several. */
class SecondAggregateTest {

    record Transfer(String from, String to, String amount) implements Command {
        @Override
        public String aggregateId() {
            return from;
        }
    }

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    @BeforeEach
    void open() {
        for (String id : List.of("1", "2")) {
            accounts.create(id, UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        }
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("100.00"));
    }

    private static CommandBus bus(CommandHandler<Transfer> handler) {
        return CommandBus.builder().handling(Transfer.class, handler).build();
    }

    private long version(String id) {
        return store.currentVersion(StreamId.of("Account", id));
    }

    private UpdateResult<?> transfer(Transfer command, UpdateContext from, UpdateContext to) {
        accounts.update(command.to(), to, account -> account.deposit(command.amount()));
        return accounts.update(command.from(), from, account -> account.withdraw(command.amount()));
    }

    private static final Transfer TRANSFER = new Transfer("1", "2", "10.00");
    private static final CommandMetadata WITH_KEY =
            CommandMetadata.builder().idempotencyKey("c1").build();

    private UpdateResult<?> twice(Transfer command, CommandContext context) {
        accounts.update("1", context.updateContext(), account -> account.withdraw("1.00"));
        return accounts.update("1", context.updateContext(), account -> {
            throw new AssertionError("the second update must not be decided");
        });
    }

    @Test
    void refuses_second_update_of_an_aggregate_with_and_without_idempotency_key() {
        for (CommandMetadata metadata : List.of(WITH_KEY, CommandMetadata.empty())) {
            long before = version("1");
            assertThatIllegalStateException()
                    .isThrownBy(() -> bus(this::twice).send(TRANSFER, metadata))
                    .withMessageContaining("saves to Account-1 more than once")
                    .withMessageContaining("before one save");
            assertThat(version("1")).isEqualTo(before + 1);
        }
    }

    @Test
    void refuses_second_save_create_and_upsert_of_an_aggregate() {
        UpdateContext context = UpdateContext.builder().commandId("c1").build();
        UpdateContext other = context.forOtherAggregate();
        accounts.update("1", context, account -> account.withdraw("1.00"));
        Account account = accounts.load("1");
        account.withdraw("1.00");

        assertThatIllegalStateException().isThrownBy(() -> accounts.save(account, context));
        assertThatIllegalStateException().isThrownBy(() -> accounts.save(account, other));
        assertThatIllegalStateException().isThrownBy(() -> accounts.create("1", context, created -> {}));
        assertThatIllegalStateException().isThrownBy(() -> accounts.createOrUpdate("1", context, updated -> {}));
        assertThat(version("1")).isEqualTo(3);
    }

    @Test
    void refuses_update_within_the_decision_of_the_same_aggregate() {
        UpdateContext context = UpdateContext.builder().commandId("c1").build();

        assertThatIllegalStateException()
                .isThrownBy(() -> accounts.update("1", context, account -> {
                    account.withdraw("1.00");
                    accounts.update("1", context, same -> same.withdraw("2.00"));
                }));
        assertThat(version("1")).isEqualTo(2);
    }

    @Test
    void allows_another_call_when_nothing_was_stored_by_the_first() {
        UpdateContext context =
                UpdateContext.builder().idempotencyKey("c1", "f").build();

        accounts.update("1", context, account -> {});
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("1", context, account -> account.withdraw("999.00")));

        assertThat(accounts.update("1", context, account -> account.withdraw("1.00"))
                        .eventCount())
                .isEqualTo(1);
    }

    @Test
    void saves_each_of_three_aggregates_once() {
        UpdateContext context = UpdateContext.builder().commandId("c1").build();
        for (String id : List.of("3", "4", "5")) {
            accounts.create(id, context, account -> account.open("eve", Instant.EPOCH));
        }
        for (String id : List.of("3", "4", "5")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> accounts.update(id, context, account -> account.deposit("1.00")))
                    .withMessageContaining("saves to Account-" + id + " more than once");
        }
    }

    @Test
    void allows_another_call_for_a_second_aggregate_in_which_nothing_was_stored() {
        UpdateContext context = UpdateContext.builder().commandId("c1").build();
        accounts.update("1", context, account -> account.deposit("1.00"));
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("2", context, account -> account.withdraw("999.00")));

        assertThat(accounts.update("2", context, account -> account.deposit("1.00"))
                        .eventCount())
                .isEqualTo(1);
    }

    @Test
    void checks_the_stated_version_of_the_commands_own_aggregate_only() {
        CommandBus bus = bus((command, context) -> transfer(command, context.updateContext(), context.updateContext()));

        assertThat(bus.send(
                                TRANSFER,
                                CommandMetadata.builder().expectedVersion(2).build())
                        .version())
                .isEqualTo(3);
        assertThat(version("2")).isEqualTo(2);
    }

    @Test
    void refuses_a_stated_version_that_only_the_second_aggregate_has() {
        CommandBus bus = bus((command, context) -> accounts.update(
                command.from(), context.updateContext(), account -> account.withdraw(command.amount())));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> bus.send(
                        TRANSFER, CommandMetadata.builder().expectedVersion(1).build()))
                .satisfies(e -> assertThat(e.isPreconditionFailed()).isTrue());
        assertThat(version("1")).isEqualTo(2);
    }

    @Test
    void context_for_another_aggregate_has_no_stated_version_and_the_same_command() {
        UpdateContext context = UpdateContext.builder()
                .idempotencyKey("c1", "f")
                .messageContext(MessageContext.ofUser("alice"))
                .expectedVersion(2)
                .build();

        transfer(TRANSFER, context, context.forOtherAggregate());

        assertThat(store.findCommand(StreamId.of("Account", "2"), "c1")).isPresent();
        assertThat(store.read(StreamId.of("Account", "2"), 1, 2)
                        .toList()
                        .get(0)
                        .metadata()
                        .userId())
                .hasValue("alice");
    }
}
