package io.daybook.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateResult;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.serialization.Upcaster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandBusTest {

    record OpenAccount(String accountId, String owner) implements Command {
        @Override
        public String aggregateId() {
            return accountId;
        }

        @Override
        public void validate(Violations violations) {
            violations.require(!owner.isBlank(), "owner", "must not be blank");
            violations.at("limits").at("daily[0]").require(owner.length() < 10, "amount", "is too long");
        }
    }

    @CommandType(value = "Withdraw", version = 2, since = 2)
    record WithdrawMoney(String accountId, String amount) implements Command {
        @Override
        public String aggregateId() {
            return accountId;
        }
    }

    record Unheard(String aggregateId) implements Command {}

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final List<String> seen = new ArrayList<>();

    private CommandBus.Builder builder() {
        return CommandBus.builder()
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .creating(OpenAccount.class, accounts, (account, command, context) -> {
                    account.open(command.owner(), context.now());
                    account.deposit("100.00");
                })
                .updating(
                        WithdrawMoney.class,
                        accounts,
                        (account, command, context) -> account.withdraw(command.amount()));
    }

    private CommandInterceptor seenBy(String name) {
        return (command, context, next) -> {
            seen.add(name);
            return next.proceed(command, context);
        };
    }

    private static CommandMetadata id(String commandId) {
        return CommandMetadata.builder().idempotencyKey(commandId).build();
    }

    private List<EventMetadata> stored() {
        return store.read(StreamId.of("Account", "1"), 0, Long.MAX_VALUE)
                .map(event -> event.metadata())
                .toList();
    }

    @Test
    void takes_a_command_to_its_handler_and_its_metadata_to_the_events() {
        CommandMetadata metadata = CommandMetadata.builder()
                .idempotencyKey("c1")
                .causationId("event-7")
                .userId("alice")
                .attribute("traceparent", "00-1")
                .build();

        UpdateResult<?> result = builder().build().send(new OpenAccount("1", "ann"), metadata);

        assertThat(result.version()).isEqualTo(2);
        assertThat(result.consistencyToken()).isEqualTo(ConsistencyToken.of(result.stream(), 2));
        assertThat(stored()).allSatisfy(event -> {
            assertThat(event.commandId()).hasValue("c1");
            assertThat(event.causationId()).hasValue("c1");
            assertThat(event.correlationId()).isEqualTo("event-7");
            assertThat(event.userId()).hasValue("alice");
            assertThat(event.attributes()).containsEntry("traceparent", "00-1");
        });
        assertThat(accounts.load("1").owner()).isEqualTo("ann");
    }

    @Test
    void a_repeated_command_gets_the_first_result_and_other_content_is_refused() {
        CommandBus bus = builder().build();
        bus.send(new OpenAccount("1", "ann"), id("c1"));
        UpdateResult<?> first = bus.send(new WithdrawMoney("1", "60.00"), id("c2"));
        UpdateResult<?> again = bus.send(new WithdrawMoney("1", "60.00"), id("c2"));

        assertThat(first.duplicate()).isFalse();
        assertThat(again.duplicate()).isTrue();
        assertThat(again.version()).isEqualTo(first.version());
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> bus.send(new WithdrawMoney("1", "61.00"), id("c2")))
                .satisfies(e -> assertThat(e.commandId()).isEqualTo("c2"));
        assertThat(stored()).hasSize(3);
    }

    @Test
    void the_order_of_sets_and_maps_does_not_make_another_command() {
        record Tag(String aggregateId, Set<String> tags, Map<String, Set<Integer>> numbers) implements Command {}
        CommandBus bus = CommandBus.builder()
                .handling(Tag.class, (command, context) -> {
                    Account account = Account.TYPE.newInstance(command.aggregateId());
                    account.open(command.tags().iterator().next(), context.now());
                    return accounts.save(account, context.updateContext());
                })
                .build();
        Map<String, Set<Integer>> forwards = new LinkedHashMap<>();
        forwards.put("a", new LinkedHashSet<>(List.of(1, 2)));
        forwards.put("b", Set.of());
        Map<String, Set<Integer>> backwards = new LinkedHashMap<>();
        backwards.put("b", Set.of());
        backwards.put("a", new LinkedHashSet<>(List.of(2, 1)));

        bus.send(new Tag("1", new LinkedHashSet<>(List.of("x", "y")), forwards), id("c1"));

        assertThat(bus.send(new Tag("1", new LinkedHashSet<>(List.of("y", "x")), backwards), id("c1"))
                        .duplicate())
                .isTrue();
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> bus.send(new Tag("1", Set.of("x"), forwards), id("c1")));
    }

    @Test
    void a_command_whose_id_was_generated_is_not_recorded() {
        CommandBus bus = builder().build();
        CommandMetadata metadata = CommandMetadata.empty();
        bus.send(new OpenAccount("1", "ann"), metadata);

        assertThat(stored().get(0).commandId()).hasValue(metadata.commandId());
        assertThat(store.findCommand(StreamId.of("Account", "1"), metadata.commandId()))
                .isEmpty();
    }

    @Test
    void reports_all_violations_at_once() {
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> builder().build().send(new OpenAccount("", " ".repeat(10)), CommandMetadata.empty()))
                .satisfies(e -> assertThat(e.violations())
                        .containsExactly(
                                new Violation("aggregateId", "must not be blank"),
                                new Violation("owner", "must not be blank"),
                                new Violation("limits.daily[0].amount", "is too long")))
                .withMessageContaining("owner must not be blank; limits.daily[0].amount is too long");
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void checks_that_a_text_is_present_and_not_too_long() {
        Violations violations = new Violations();

        assertThat(violations.requireText(null, "a", 3)).isFalse();
        assertThat(violations.requireText(" ", "b", 3)).isFalse();
        assertThat(violations.requireText("abcd", "c", 3)).isFalse();
        assertThat(violations.requireText("abc", "d", 3)).isTrue();
        assertThat(violations.found())
                .extracting(Violation::toString)
                .containsExactly("a must not be blank", "b must not be blank", "c must have at most 3 characters");
    }

    @Test
    void an_id_that_no_stream_can_have_is_a_violation() {
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() ->
                        builder().build().send(new Unopened("x".repeat(500)).asOpen(), CommandMetadata.empty()))
                .satisfies(e ->
                        assertThat(e.violations()).extracting(Violation::path).containsExactly("aggregateId"));
    }

    private record Unopened(String id) {
        OpenAccount asOpen() {
            return new OpenAccount(id, "ann");
        }
    }

    @Test
    void refuses_a_second_authorizer_which_would_replace_the_first() {
        CommandBus.Builder builder = CommandBus.builder().authorize((command, metadata) -> false);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.authorize((command, metadata) -> true))
                .withMessageContaining("two authorizers");
    }

    @Test
    void rejects_unauthorized_sender() {
        CommandBus bus = builder()
                .authorize((command, metadata) -> metadata.roles().contains("clerk"))
                .build();

        assertThatExceptionOfType(CommandNotAuthorizedException.class)
                .isThrownBy(() -> bus.send(
                        new OpenAccount("1", ""),
                        CommandMetadata.builder()
                                .userId("eve")
                                .roles(Set.of("guest"))
                                .build()))
                .satisfies(e -> {
                    assertThat(e.userId()).hasValue("eve");
                    assertThat(e.commandType()).isEqualTo("OpenAccount");
                });
        CommandMetadata clerk = CommandMetadata.builder().roles(Set.of("clerk")).build();
        assertThat(bus.send(new OpenAccount("1", "ann"), clerk).version()).isEqualTo(2);
    }

    @Test
    void does_not_start_a_command_whose_time_is_over() {
        CommandBus bus = builder()
                .interceptBeforeChecks((command, context, next) -> {
                    while (!context.timeout().hasExpired()) {
                        Thread.onSpinWait();
                    }
                    return next.proceed(command, context);
                })
                .build();

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> bus.send(
                        new OpenAccount("1", "ann"),
                        CommandMetadata.builder().timeout(Duration.ofMillis(1)).build()))
                .withMessageContaining("the command OpenAccount");
        assertThat(store.calls()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().timeout(Duration.ZERO));
    }

    @Test
    void uses_its_own_timeout_for_commands_that_state_none() {
        CommandBus bus = builder().defaultTimeout(Duration.ofNanos(1)).build();

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> bus.send(new OpenAccount("1", "ann"), CommandMetadata.empty()));
    }

    @Test
    void runs_interceptors_in_the_stated_order() {
        CommandBus bus = builder()
                .intercept(seenBy("inner 1"))
                .interceptBeforeChecks(seenBy("outer 1"))
                .authorize((command, metadata) -> seen.add("authorizer"))
                .intercept(seenBy("inner 2"))
                .interceptBeforeChecks(seenBy("outer 2"))
                .build();

        bus.send(new OpenAccount("1", "ann"), CommandMetadata.empty());
        assertThat(seen).containsExactly("outer 1", "outer 2", "authorizer", "inner 1", "inner 2");

        seen.clear();
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> bus.send(new OpenAccount("2", ""), CommandMetadata.empty()));
        assertThat(seen).containsExactly("outer 1", "outer 2", "authorizer");
    }

    @Test
    void refuses_missing_and_double_handlers_and_names() {
        assertThatExceptionOfType(NoHandlerException.class)
                .isThrownBy(() -> builder().build().send(new Unheard("1"), CommandMetadata.empty()))
                .satisfies(e -> {
                    assertThat(e.type()).isEqualTo("Unheard");
                    assertThat(e.version()).hasValue(1);
                    assertThat(CommandOutcome.of(e)).isEqualTo(CommandOutcome.FAILED);
                });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().handling(OpenAccount.class, (command, context) -> {
                    throw new AssertionError();
                }))
                .withMessageContaining("two handlers");
        @CommandType("Withdraw")
        record Impostor(String aggregateId) implements Command {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .handling(Impostor.class, (command, context) -> {
                            throw new AssertionError();
                        })
                        .build())
                .withMessageContaining("Withdraw")
                .withMessageContaining("Impostor");
    }

    @Test
    void a_handler_of_ones_own_passes_the_cause_on() {
        CommandBus bus = CommandBus.builder()
                .handling(OpenAccount.class, (command, context) -> {
                    Account account = Account.TYPE.newInstance(command.accountId());
                    account.open(command.owner(), context.now());
                    return accounts.save(account, context.updateContext());
                })
                .build();

        bus.send(new OpenAccount("1", "ann"), id("c1"));

        assertThat(bus.send(new OpenAccount("1", "ann"), id("c1")).duplicate()).isTrue();
        assertThat(stored()).hasSize(1);
    }

    @Test
    void names_the_command_whose_handler_returned_null() {
        CommandBus bus = CommandBus.builder()
                .handling(Unheard.class, (command, context) -> null)
                .build();

        assertThatIllegalStateException()
                .isThrownBy(() -> bus.send(new Unheard("1"), CommandMetadata.empty()))
                .withMessageContaining("the handler of Unheard returned null");
    }

    @Test
    void names_the_interceptor_that_returned_null() {
        for (boolean around : new boolean[] {true, false}) {
            CommandInterceptor forgetful = (command, context, next) -> {
                next.proceed(command, context);
                return null;
            };
            CommandBus.Builder builder = builder().interceptBeforeChecks(seenBy("outer"));
            CommandBus bus = (around ? builder.interceptBeforeChecks(forgetful) : builder.intercept(forgetful)).build();

            assertThatIllegalStateException()
                    .isThrownBy(() -> bus.send(new OpenAccount(around ? "1" : "2", "ann"), CommandMetadata.empty()))
                    .withMessageContaining("returned null for OpenAccount");
        }
    }

    @Test
    void passes_on_what_the_handler_throws() {
        CommandBus bus = builder().build();
        assertThatExceptionOfType(AggregateNotFoundException.class)
                .isThrownBy(() -> bus.send(new WithdrawMoney("1", "1.00"), CommandMetadata.empty()));
        bus.send(new OpenAccount("1", "ann"), CommandMetadata.empty());
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> bus.send(new WithdrawMoney("1", "101.00"), CommandMetadata.empty()));
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> bus.send(
                        new WithdrawMoney("1", "1.00"),
                        CommandMetadata.builder().expectedVersion(1).build()));
    }

    @Test
    void reads_commands_that_arrive_as_json_of_an_older_version() {
        CommandBus bus = builder()
                .upcasters(Upcaster.of("Withdraw", 1, json -> json.put("amount", json.get("euros") + ".00")))
                .build();
        bus.send("OpenAccount", 1, "{\"accountId\":\"1\",\"owner\":\"ann\"}".getBytes(UTF_8), id("c1"));
        bus.send("Withdraw", 1, "{\"accountId\":\"1\",\"euros\":7}".getBytes(UTF_8), id("c2"));

        assertThat(accounts.load("1").balance()).hasToString("93.00");
        assertThat(bus.send(new WithdrawMoney("1", "7.00"), id("c2")).duplicate())
                .as("the fingerprint is that of the present version")
                .isTrue();
        EncodedCommand kept = new EncodedCommand("Withdraw", 1, "{\"accountId\":\"1\",\"euros\":3}");
        bus.send(kept, id("c4"));
        assertThat(bus.send(bus.encode(new WithdrawMoney("1", "3.00")), id("c4"))
                        .duplicate())
                .isTrue();
        assertThat(accounts.load("1").balance()).hasToString("90.00");
        assertThatExceptionOfType(NoHandlerException.class)
                .isThrownBy(() -> bus.send("Withdraw", 3, "{}".getBytes(UTF_8), id("c3")))
                .satisfies(e -> {
                    assertThat(e.type()).isEqualTo("Withdraw");
                    assertThat(e.version()).hasValue(3);
                });
        for (String broken : List.of("", "[]", "{\"owner\":1,\"owner\":2}", "{\"owner\":[]}")) {
            assertThatExceptionOfType(CommandValidationException.class)
                    .as(broken)
                    .isThrownBy(() -> bus.send("OpenAccount", 1, broken.getBytes(UTF_8), id("c3")));
        }
    }

    @Test
    void derives_one_aggregate_id_from_user_and_command() {
        CommandMetadata alice =
                CommandMetadata.builder().idempotencyKey("c1").userId("alice").build();

        assertThat(alice.derivedAggregateId())
                .isEqualTo(CommandMetadata.builder()
                        .idempotencyKey("c1")
                        .userId("alice")
                        .build()
                        .derivedAggregateId())
                .isNotEqualTo(id("c1").derivedAggregateId());
        assertThat(UUID.fromString(alice.derivedAggregateId()).version()).isEqualTo(5);
        assertThat(UUID.fromString(alice.derivedAggregateId()).variant()).isEqualTo(2);
    }

    @Test
    void hands_correlation_and_trace_down_from_event_to_command() {
        builder()
                .build()
                .send(
                        new OpenAccount("1", "ann"),
                        CommandMetadata.builder()
                                .correlationId("corr")
                                .attribute("traceparent", "00-1")
                                .build());
        EventMetadata event = stored().get(0);

        CommandMetadata next = CommandMetadata.builder().causedBy(event).build();

        assertThat(next.correlationId()).isEqualTo("corr");
        assertThat(next.causationId()).hasValue(event.eventId());
        assertThat(next.attributes()).containsEntry("traceparent", "00-1");
    }

    @Test
    void refuses_ids_that_cannot_be_stored() {
        for (String bad : List.of("", " ", "x".repeat(129), "a\nb", "half \ud83d")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CommandMetadata.builder().idempotencyKey(bad))
                    .withMessageContaining("idempotencyKey");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().expectedVersion(-1));
    }
}
