package io.daybook.testkit;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandValidationException;
import io.daybook.command.Violations;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.EventStore;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommandScenarioTest {

    record Withdraw(String aggregateId, String amount) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(!amount.isEmpty(), "amount", "must not be empty");
        }
    }

    record DepositForgetfully(String aggregateId) implements Command {}

    record MoveTwo(String aggregateId, String to) implements Command {}

    @EventType("Elsewhere")
    record Elsewhere() implements DomainEvent {}

    private static final AccountOpened OPENED = new AccountOpened("42", "ann", Instant.EPOCH);
    private static final MoneyDeposited TEN = new MoneyDeposited("42", new BigDecimal("10.00"));
    private static final MoneyWithdrawn FOUR = new MoneyWithdrawn("42", new BigDecimal("4.00"), "cash");
    private static final CommandScenario ACCOUNTS = CommandScenario.of(CommandScenarioTest::bus, Account.TYPE);

    private static CommandBus bus(EventStore store) {
        AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
        return CommandBus.builder()
                .updating(Withdraw.class, accounts, (account, command, context) -> account.withdraw(command.amount()))
                .handling(
                        DepositForgetfully.class,
                        (command, context) -> accounts.update(
                                command.aggregateId(), UpdateContext.empty(), account -> account.deposit("1.00")))
                .handling(MoveTwo.class, (command, context) -> {
                    accounts.update(command.to(), context.updateContext(), account -> account.deposit("2.00"));
                    throw new DomainException("the other half is missing");
                })
                .build();
    }

    @Test
    void checks_events_that_a_command_stored() {
        ACCOUNTS.given("42", OPENED, TEN).when(new Withdraw("42", "4.00")).then(FOUR);
    }

    @Test
    void checks_events_of_a_command_without_an_id() {
        ACCOUNTS.given("7", OPENED)
                .given("42", OPENED, TEN)
                .when(new Withdraw("42", "4.00"), CommandMetadata.empty())
                .then(FOUR);
    }

    @Test
    void checks_a_rejection() {
        ACCOUNTS.given("42", OPENED)
                .when(new Withdraw("42", "4.00"))
                .thenRejected(DomainException.class, "does not cover");
        ACCOUNTS.when(new Withdraw("42", "4.00")).thenRejected(AggregateNotFoundException.class, "");
        ACCOUNTS.when(new Withdraw("42", "")).thenRejected(CommandValidationException.class, "amount");
    }

    @Test
    void fails_for_other_events_or_another_outcome() {
        var accepted = ACCOUNTS.given("42", OPENED, TEN).when(new Withdraw("42", "4.00"));
        var rejected = ACCOUNTS.given("42", OPENED).when(new Withdraw("42", "4.00"));

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> accepted.then(TEN));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> accepted.thenRejected(DomainException.class, ""));
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> rejected.then());
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> rejected.thenRejected(IllegalStateException.class, ""));
    }

    @Test
    void notices_a_handler_that_does_not_pass_on_the_command_id() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> ACCOUNTS.given("42", OPENED).when(new DepositForgetfully("42")))
                .withMessageContaining("had a second effect");
    }

    @Test
    void notices_that_a_rejected_command_stored_an_event() {
        var rejected = ACCOUNTS.given("7", OPENED).when(new MoveTwo("7", "7"));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> rejected.thenRejected(DomainException.class, "other half"))
                .withMessageContaining("MoneyDeposited");
    }

    @Test
    void refuses_given_event_of_no_type() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ACCOUNTS.given("42", new Elsewhere()))
                .withMessageContaining("does not belong to any aggregate type of the scenario");
    }
}
