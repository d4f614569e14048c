package io.daybook.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.Reaction;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventPublisher;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.tracing.RecordedObservations.Span;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventTracingTest {

    record Owner(String name) {}

    record Watch(String accountId) {}

    record Open(String aggregateId, String owner) implements Command {}

    private final RecordedObservations observations = new RecordedObservations();
    private final ObservationRegistry registry = observations.registry();
    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private final CommandBus bus = CommandBus.builder()
            .interceptBeforeChecks(new CommandTracing(registry))
            .creating(Open.class, accounts, (account, command, context) -> account.open(command.owner(), context.now()))
            .build();

    private final Projection<Owner> owners = Projection.named("owners", 2, Account.TYPE, Owner.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Owner(event.owner()))
            .ignoringOthers()
            .build();

    private void open(String id, String trace) {
        MessageContext context = trace.isEmpty()
                ? MessageContext.empty()
                : MessageContext.builder()
                        .attribute("traceparent", "00-" + trace + "-span-01")
                        .build();
        accounts.create(id, UpdateContext.of(context), account -> account.open("ann", Instant.EPOCH));
    }

    private List<EventEnvelope> stored() {
        return store.find(EventFilter.all()).toList();
    }

    @Test
    void page_is_handled_at_once_and_observed_in_each_of_its_traces() throws Exception {
        open("1", "a");
        open("2", "b");
        open("3", "a");
        open("4", "");
        List<Integer> calls = new ArrayList<>();
        EventHandler handler = EventTracing.ofSubscriptions(registry).around("billing", events -> {
            calls.add(events.size());
            assertThat(registry.getCurrentObservation()).isNull();
        });

        handler.handle(stored());

        assertThat(calls).containsExactly(4);
        assertThat(observations.spans())
                .extracting(Span::name, Span::label, Span::parent, Span::tags)
                .containsOnly(
                        tuple("daybook.subscription", "handle billing", "span", Map.of("subscription", "billing")),
                        tuple("daybook.subscription", "handle billing", "", Map.of("subscription", "billing")));
        assertThat(observations.spans()).hasSize(3).extracting(Span::trace).contains("a", "b");
    }

    @Test
    void observation_is_current_while_events_of_one_trace_are_handled() throws Exception {
        open("1", "a");
        EventHandler handler = EventTracing.ofSubscriptions(registry)
                .around(
                        "billing",
                        events ->
                                Observation.createNotStarted("inner", registry).observe(() -> {}));

        handler.handle(stored());

        assertThat(observations.spans("inner")).singleElement().returns("a", Span::trace);
        assertThat(registry.getCurrentObservation()).isNull();
    }

    @Test
    void failure_of_handler_is_an_error_and_passes() {
        open("1", "a");
        open("2", "b");
        EventHandler handler = EventTracing.ofSubscriptions(registry).around("billing", events -> {
            throw new IOException("down");
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> handler.handle(stored()));

        assertThat(observations.spans()).extracting(Span::error).containsExactly("IOException", "IOException");
    }

    @Test
    void deletion_reaches_the_handler() throws Exception {
        List<DeletedStream> deleted = new ArrayList<>();
        EventHandler handler = EventTracing.ofSubscriptions(registry).around("billing", new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {}

            @Override
            public void deleted(StreamId stream, long version) {
                deleted.add(new DeletedStream(stream, version));
            }
        });

        handler.deleted(StreamId.of("Account", "1"), 3);

        assertThat(deleted).containsExactly(new DeletedStream(StreamId.of("Account", "1"), 3));
    }

    @Test
    void publication_is_observed_in_the_traces_of_the_events() {
        open("1", "a");
        InMemoryEventPublisher broker = new InMemoryEventPublisher();
        EventPublisher publisher = new TracedEventPublisher("orders", broker, registry);

        publisher.publish(stored());
        publisher.publishDeletion(StreamId.of("Account", "1"), 1);

        assertThat(broker.published()).hasSize(1);
        assertThat(broker.deletions()).hasSize(1);
        assertThat(publisher.unavailableReason()).isEmpty();
        assertThat(observations.spans())
                .singleElement()
                .returns("daybook.publish", Span::name)
                .returns("publish orders", Span::label)
                .returns("a", Span::trace)
                .returns(Map.of("publisher", "orders"), Span::tags);
    }

    @Test
    void projector_is_observed_for_the_events_that_it_projects() {
        try (Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .intercept(EventTracing.ofProjections(registry))
                .project(owners)
                .start()) {
            open("1", "a");
            projector.drain(Patience.LIMIT);
            projector.rebuildDocument(owners, "1");
        }

        assertThat(observations.spans())
                .singleElement()
                .returns("daybook.projection", Span::name)
                .returns("project owners-2", Span::label)
                .returns("a", Span::trace)
                .returns(Map.of("projection", "owners-2"), Span::tags);
    }

    @Test
    void steps_timers_and_reactions_are_observed_and_their_commands_belong_to_them() {
        ProcessManager<Watch> watch = ProcessManager.named("Watch", 1, Watch.class)
                .startsWith(
                        AccountOpened.class,
                        AccountOpened::accountId,
                        (step, event) ->
                                step.become(new Watch(event.accountId())).timer("look", Duration.ZERO))
                .on(MoneyDeposited.class, MoneyDeposited::accountId, (step, event) -> step.end())
                .onTimer(
                        "look",
                        step -> step.send("second", new Open(step.state().accountId() + "-timer", "bob")))
                .build();
        InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
        ProcessRunner runner = ProcessRunner.builder(new InMemoryEventFeed(store), store, bus)
                .processStore(processStore, new InMemoryEventFeed(processStore), new InMemoryTimerStore())
                .intercept(EventTracing.ofProcesses(registry))
                .run(watch)
                .build();
        open("1", "a");
        runner.handle(watch, stored());
        runner.fireTimers();

        List<Span> steps = observations.spans("daybook.process.step");
        assertThat(steps).hasSize(2).allSatisfy(step -> {
            assertThat(step.label()).isEqualTo("step Watch");
            assertThat(step.trace()).isEqualTo("a");
            assertThat(step.tags()).isEqualTo(Map.of("process", "Watch"));
        });
        assertThat(observations.spans("daybook.command"))
                .singleElement()
                .returns("a", Span::trace)
                .returns(steps.get(1).id(), Span::parent);
    }

    @Test
    void reaction_is_observed_with_its_command() {
        Reaction gift = Reaction.named("Gift")
                .on(
                        AccountOpened.class,
                        event -> event.owner().equals("ann") ? new Open(event.accountId() + "-gift", "bob") : null)
                .build();
        try (ProcessRunner runner = ProcessRunner.builder(new InMemoryEventFeed(store), store, bus)
                .intercept(EventTracing.ofProcesses(registry))
                .react(gift)
                .from(StartPosition.BEGINNING)
                .start()) {
            open("1", "a");
            runner.drain(Patience.LIMIT);
        }

        Span command = observations.spans("daybook.command").get(0);
        assertThat(command.trace()).isEqualTo("a");
        assertThat(observations.spans("daybook.process.step"))
                .filteredOn(step -> step.id().equals(command.parent()))
                .singleElement()
                .returns("step Gift", Span::label);
    }

    @Test
    void interceptors_run_in_the_order_in_which_they_were_added() {
        List<String> order = new ArrayList<>();
        try (Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .intercept((name, events, next) -> {
                    order.add("outer " + name + " " + events.size());
                    next.run();
                })
                .intercept((name, events, next) -> {
                    order.add("inner");
                    next.run();
                })
                .project(owners)
                .start()) {
            open("1", "a");
            projector.drain(Patience.LIMIT);
        }
        assertThat(order).containsExactly("outer owners-2 1", "inner");
    }
}
