package io.daybook;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.RetryPolicy;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.Violations;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.query.Query;
import io.daybook.query.QueryBus;
import io.daybook.query.QueryMetadata;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.SubjectKey;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.subscription.FailurePolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The texts of the most frequent failures: what is wrong, with the value and the limit, then what to do. */
class ErrorMessagesTest {

    @FunctionalInterface
    interface Cause {
        void in(ErrorMessagesTest test);
    }

    record Open(String aggregateId, String owner) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(!owner.isBlank(), "owner", "must not be blank");
        }
    }

    record Close(String aggregateId) implements Command {}

    record Owner(String accountId) implements Query<Optional<String>> {
        @Override
        public void validate(Violations violations) {
            violations.require(!accountId.isBlank(), "accountId", "must not be blank");
        }
    }

    record Unnamed() implements DomainEvent {}

    static class Extensible implements DomainEvent {}

    private static final EventSerializer SERIALIZER = JacksonEventSerializer.of(Account.TYPE.eventTypes());
    private static final UpdateContext NOTHING = UpdateContext.empty();

    private final InMemoryEventStore store = new InMemoryEventStore(SERIALIZER);
    private final AggregateRepository<Account> accounts =
            AggregateRepository.of(Account.TYPE, store).retry(RetryPolicy.never());
    private final CommandBus bus = CommandBus.builder()
            .authorize((command, metadata) -> !metadata.userId().equals(Optional.of("eve")))
            .creating(Open.class, accounts, (account, command, context) -> account.open(command.owner(), context.now()))
            .build();
    private final QueryBus queries = QueryBus.builder()
            .authorize((query, metadata) -> !metadata.userId().equals(Optional.of("eve")))
            .handling(Owner.class, (query, context) -> Optional.empty())
            .build();

    private void open() {
        accounts.create("1", NOTHING, account -> account.open("Ann", Instant.EPOCH));
    }

    private void deposit(UpdateContext context, String amount) {
        accounts.update("1", context, account -> account.deposit(amount));
    }

    private static DomainEvent decode(String type, int version, String json) {
        return SERIALIZER.decode(type, version, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static UpdateContext repeated(String fingerprint) {
        return UpdateContext.builder().idempotencyKey("c1", fingerprint).build();
    }

    private static UpdateContext late() {
        AtomicLong nanos = new AtomicLong();
        CommandTimeout timeout = CommandTimeout.after(Duration.ofMillis(100), nanos::get);
        nanos.set(Duration.ofMillis(101).toNanos());
        return UpdateContext.builder().timeout(timeout).build();
    }

    static Stream<Arguments> streams() {
        return Stream.of(
                row("Account 1 does not exist: create it first, or check its id", test -> test.accounts.load("1")),
                row("Account 1 already exists: change it, or create one with another id", test -> {
                    test.open();
                    test.open();
                }),
                row("Account-1 was deleted, and its id cannot be used again: use another id", test -> {
                    test.open();
                    test.accounts.delete("1");
                    test.deposit(NOTHING, "1.00");
                }),
                row("expected version 1 of stream Account-1, but it is at 2: reload and retry", test -> {
                    test.open();
                    test.accounts.update("1", NOTHING, account -> {
                        test.deposit(NOTHING, "1.00");
                        account.deposit("2.00");
                    });
                }),
                row(
                        "expected version 7 of stream Account-1, but it is at 1: reload before you send a new command",
                        test -> {
                            test.open();
                            test.deposit(
                                    UpdateContext.builder().expectedVersion(7).build(), "1.00");
                        }),
                row(
                        "the command id c1 was used before on Account-1 for a command with different content: use a new command"
                                + " id for each command",
                        test -> {
                            test.open();
                            test.deposit(repeated("a"), "1.00");
                            test.deposit(repeated("b"), "2.00");
                        }),
                row(
                        "the decision on Account-1 was not started because the command's timeout of 100 ms has expired."
                                + " Nothing was stored: retry the command, or use a longer timeout",
                        test -> {
                            test.open();
                            test.deposit(late(), "1.00");
                        }),
                row(
                        "an append of 99 events to Account-1 exceeds the limit of 98 events per transaction: raise fewer"
                                + " events",
                        test -> {
                            test.open();
                            test.accounts.update(
                                    "1",
                                    NOTHING,
                                    account -> Stream.generate(() -> "1.00")
                                            .limit(99)
                                            .forEach(account::deposit));
                        }),
                row(
                        "the event AccountOpened e1 of Account-1 has 210062 bytes, but at most 204800 are allowed: keep"
                                + " large content elsewhere and refer to it",
                        test -> test.accounts
                                .eventIds(() -> "e1")
                                .create("1", NOTHING, account -> account.open("x".repeat(210_000), Instant.EPOCH))),
                row("\"Account\" is not a stream id: use the form Type-id", test -> StreamId.parse("Account")),
                row(
                        "the stream id of an aggregate of type Account has 308 characters, but at most 128 are allowed: use a shorter"
                                + " aggregate id",
                        test -> StreamId.of("Account", "x".repeat(300))),
                row("the requested version of Account-1 is 0: use 1 or more", test -> test.accounts.load("1", 0)));
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                row(
                        "the command Open is invalid: owner must not be blank",
                        test -> test.bus.send(new Open("1", " "), CommandMetadata.empty())),
                row(
                        "the command Open is invalid: aggregateId must not be blank",
                        test -> test.bus.send(new Open(" ", "Ann"), CommandMetadata.empty())),
                row(
                        "the user eve is not authorized to send the command Open",
                        test -> test.bus.send(
                                new Open("1", "Ann"),
                                CommandMetadata.builder().userId("eve").build())),
                row(
                        "no handler is registered for version 1 of the command Close: register one where the command bus"
                                + " is built, or add an upcaster for that version",
                        test -> test.bus.send(new Close("1"), CommandMetadata.empty())),
                row(
                        "userId contains a control character (U+000A): remove it",
                        test -> CommandMetadata.builder().userId("ann\n").build()),
                row(
                        "idempotencyKey has 129 characters: at most 128 are allowed",
                        test -> CommandMetadata.builder()
                                .idempotencyKey("x".repeat(129))
                                .build()),
                row(
                        "the attribute tenant contains an unpaired surrogate (U+D800): split text only"
                                + " between characters",
                        test -> CommandMetadata.builder()
                                .attribute("tenant", "\uD800")
                                .build()),
                row(
                        "the timeout is PT0S: use more than zero",
                        test -> CommandMetadata.builder().timeout(Duration.ZERO)),
                row(
                        "the expected version is -1: use 0 or more",
                        test -> CommandMetadata.builder().expectedVersion(-1)),
                row(
                        "the query Owner is invalid: accountId must not be blank",
                        test -> test.queries.ask(new Owner(" "), QueryMetadata.empty())),
                row(
                        "the user eve is not authorized to send the query Owner",
                        test -> test.queries.ask(
                                new Owner("1"),
                                QueryMetadata.builder().userId("eve").build())),
                row(
                        "the consistency token is malformed: use a token from a response",
                        test -> ConsistencyToken.parse("?")),
                row("the limit is 0: use 1 to 1000", test -> Filter.all().limit(0)));
    }

    static Stream<Arguments> events() {
        return Stream.of(
                row(
                        "io.daybook.ErrorMessagesTest$Unnamed has no stored name: annotate it with @EventType(\"…\")",
                        test -> EventTypes.of(Unnamed.class)),
                row(
                        "io.daybook.ErrorMessagesTest$Extensible is open, so its events cannot be listed: make it a"
                                + " record, a final class or sealed",
                        test -> EventTypes.of(Extensible.class)),
                row(
                        "io.daybook.ErrorMessagesTest$Unnamed is not registered: add it, or its sealed interface, to"
                                + " EventTypes",
                        test -> SERIALIZER.encode(new Unnamed())),
                row(
                        "the event type MoneyLent version 1 is unknown: no class is registered for it: register one, or"
                                + " add an upcaster",
                        test -> decode("MoneyLent", 1, "{}")),
                row(
                        "the event type MoneyWithdrawn version 3 is unknown: this program knows it up to version 2, and"
                                + " the data was written by a newer version of the program: upgrade this program",
                        test -> decode("MoneyWithdrawn", 3, "{}")),
                row(
                        "an event MoneyDeposited version 1 cannot be read, at amount: MismatchedInputException at line"
                                + " 1, column 27",
                        test -> decode("MoneyDeposited", 1, "{'accountId':'1','amount':{}}")));
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                row(
                        "the aggregate type Account has no handler for [io.daybook.account.AccountEvent$AccountOpened,"
                                + " io.daybook.account.AccountEvent$MoneyWithdrawn]: add .on(…) for each",
                        test -> AggregateType.named("Account", AccountEvent.class, Account::new)
                                .on(MoneyDeposited.class, (account, event) -> {})
                                .build()),
                row(
                        "the command io.daybook.ErrorMessagesTest$Open has two handlers: register one",
                        test -> CommandBus.builder()
                                .creating(Open.class, test.accounts, (account, command, context) -> {})
                                .updating(Open.class, test.accounts, (account, command, context) -> {})),
                row(
                        "the number of events between snapshots is 0: use 1 or more, or never()",
                        test -> SnapshotPolicy.everyEvents(0)),
                row("attempts is 0: use 1 or more", test -> FailurePolicy.parkStreamAfter(0)),
                row("the key of a subject has 16 bytes: use 32", test -> SubjectKey.of(new byte[16])),
                row(
                        "io.daybook.account.Account was created with new, so it has no id: use"
                                + " AggregateType.newInstance or a repository",
                        test -> new Account().deposit("1.00")));
    }

    private static Arguments row(String message, Cause cause) {
        return arguments(message, cause);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"streams", "messages", "events", "settings"})
    void names_what_is_wrong_then_what_to_do(String message, Cause cause) {
        assertThatThrownBy(() -> cause.in(this)).hasMessage(message);
    }
}
