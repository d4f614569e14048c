package io.daybook.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.DomainException;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.tracing.RecordedObservations.Span;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTracingTest {

    record Open(String aggregateId, String owner) implements Command {}

    private static final CommandMetadata FROM_OUTSIDE = CommandMetadata.builder()
            .attribute("traceparent", "00-trace-span-01")
            .build();

    private final RecordedObservations observations = new RecordedObservations();
    private final ObservationRegistry registry = observations.registry();
    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final CommandBus bus = CommandBus.builder()
            .interceptBeforeChecks(new CommandTracing(registry))
            .creating(Open.class, accounts, (account, command, context) -> {
                if (command.owner().isEmpty()) {
                    throw new DomainException("canary-payload");
                }
                account.open(command.owner(), Instant.EPOCH);
            })
            .build();

    @Test
    void continues_trace_of_the_metadata() {
        bus.send(new Open("1", "ann"), FROM_OUTSIDE);

        assertThat(observations.spans())
                .containsExactly(new Span(
                        "daybook.command",
                        "command Open",
                        "trace",
                        "span",
                        "s1",
                        Map.of("command", "Open", "outcome", "stored"),
                        ""));
    }

    @Test
    void belongs_to_current_observation_rather_than_to_the_metadata() {
        Observation.createNotStarted("http", registry).observe(() -> bus.send(new Open("1", "ann"), FROM_OUTSIDE));

        assertThat(observations.spans("daybook.command"))
                .singleElement()
                .returns("s1", Span::parent)
                .returns(observations.spans("http").get(0).trace(), Span::trace);
    }

    @Test
    void starts_a_trace_without_any_context() {
        bus.send(new Open("1", "ann"), CommandMetadata.empty());

        assertThat(observations.spans()).singleElement().returns("", Span::parent);
    }

    @Test
    void only_failures_are_errors_and_rejections_leave_no_message() {
        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> bus.send(new Open("1", ""), CommandMetadata.empty()));
        store.onNextAppend((inner, stream, version, events, options) -> {
            throw new EventStoreUnavailableException("down", Outcome.NOT_STORED, null, null);
        });
        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> bus.send(new Open("1", "ann"), CommandMetadata.empty()));

        List<Span> spans = observations.spans();
        assertThat(spans).extracting(span -> span.tags().get("outcome")).containsExactly("rejected", "unavailable");
        assertThat(spans).extracting(Span::error).containsExactly("", "EventStoreUnavailableException");
        assertThat(spans.toString()).doesNotContain("canary");
    }

    @Test
    void handler_runs_in_the_scope_of_its_command() {
        CommandBus scoped = CommandBus.builder()
                .interceptBeforeChecks(new CommandTracing(registry))
                .creating(Open.class, accounts, (account, command, context) -> {
                    Observation.createNotStarted("inner", registry).observe(() -> {});
                    account.open(command.owner(), Instant.EPOCH);
                })
                .build();

        scoped.send(new Open("1", "ann"), FROM_OUTSIDE);

        assertThat(observations.spans("inner"))
                .singleElement()
                .returns("trace", Span::trace)
                .returns(observations.spans("daybook.command").get(0).id(), Span::parent);
        assertThat(registry.getCurrentObservation()).isNull();
    }
}
