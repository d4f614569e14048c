package io.daybook.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateAlreadyExistsException;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.RetryPolicy;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandNotAuthorizedException;
import io.daybook.command.CommandValidationException;
import io.daybook.command.Violations;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandMetricsTest {

    record Open(String aggregateId, String owner) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(!owner.isEmpty(), "owner", "must not be empty");
        }
    }

    record Deposit(String aggregateId, String amount) implements Command {}

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final CommandBus bus = CommandBus.builder()
            .interceptBeforeChecks(new CommandMetrics(registry))
            .authorize((command, metadata) -> !metadata.userId().orElse("").equals("eve"))
            .creating(Open.class, accounts, (account, command, context) -> account.open(command.owner(), Instant.EPOCH))
            .updating(Deposit.class, accounts, (account, command, context) -> {
                if (command.amount().equals("none")) {
                    return;
                }
                if (command.amount().equals("refused")) {
                    throw new DomainException("refused");
                }
                account.deposit(command.amount());
            })
            .build();

    private void send(Command command) {
        bus.send(command, CommandMetadata.empty());
    }

    private long count(String command, String outcome) {
        return registry.get("daybook.commands")
                .tags("command", command, "outcome", outcome)
                .timer()
                .count();
    }

    @Test
    void counts_every_outcome() {
        CommandMetadata repeatable =
                CommandMetadata.builder().idempotencyKey("c1").build();
        bus.send(new Open("1", "ann"), repeatable);
        bus.send(new Open("1", "ann"), repeatable);
        send(new Deposit("1", "1.00"));
        send(new Deposit("1", "none"));
        assertThatExceptionOfType(DomainException.class).isThrownBy(() -> send(new Deposit("1", "refused")));
        assertThatExceptionOfType(CommandValidationException.class).isThrownBy(() -> send(new Open("2", "")));
        assertThatExceptionOfType(AggregateAlreadyExistsException.class).isThrownBy(() -> send(new Open("1", "bob")));
        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(
                        new Open("3", "x"),
                        CommandMetadata.builder().userId("eve").build()));
        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> bus.send(
                        new Open("3", "x"),
                        CommandMetadata.builder().timeout(Duration.ofNanos(1)).build()));
        store.onNextAppend((inner, stream, version, events, options) -> {
            throw new EventStoreUnavailableException("down", Outcome.NOT_STORED, null, null);
        });
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> send(new Open("3", "x")));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> send(new Deposit("1", "-1")));

        for (String outcome :
                List.of("stored", "duplicate", "invalid", "conflict", "unauthorized", "timeout", "unavailable")) {
            assertThat(count("Open", outcome)).as(outcome).isEqualTo(1);
        }
        for (String outcome : List.of("stored", "unchanged", "rejected", "failed")) {
            assertThat(count("Deposit", outcome)).as(outcome).isEqualTo(1);
        }
    }

    @Test
    void counts_events_and_retries() {
        send(new Open("1", "ann"));
        store.overtakeNextAppend(() -> accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00")));
        send(new Deposit("1", "2.00"));

        assertThat(registry.get("daybook.commands.events")
                        .tag("command", "Deposit")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("daybook.commands.retries")
                        .tag("command", "Deposit")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void counts_retries_of_commands_that_fail() {
        send(new Open("1", "ann"));
        AggregateRepository<Account> impatient =
                accounts.retry(new RetryPolicy(2, Duration.ofNanos(1), Duration.ofNanos(1)));
        CommandBus failing = CommandBus.builder()
                .interceptBeforeChecks(new CommandMetrics(registry))
                .updating(Deposit.class, impatient, (account, command, context) -> {
                    if (account.movements() >= 9) {
                        throw new DomainException("too many movements");
                    }
                    account.deposit(command.amount());
                })
                .build();
        for (int i = 0; i < 3; i++) {
            store.overtakeNextAppend(
                    () -> accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00")));
            // The append of the other writer takes the next fault.
            store.onNextAppend(
                    (inner, stream, version, events, options) -> inner.append(stream, version, events, options));
        }

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> failing.send(new Deposit("1", "1.00"), CommandMetadata.empty()));
        assertThat(registry.get("daybook.commands.retries")
                        .tag("command", "Deposit")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void counts_snapshot_failures() {
        new RepositoryMetrics(accounts).bindTo(registry);

        assertThat(registry.get("daybook.snapshots.failures")
                        .tag("aggregate", "Account")
                        .functionCounter()
                        .count())
                .isZero();
    }
}
