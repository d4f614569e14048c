package io.daybook.process;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.RetryPolicy;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;
import io.daybook.contract.ManualClock;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.projection.SimulatedWorkers;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One random history of a process: several workers take events, fire timers and recover, are slow, crash and lose replies, events are early
 * and redelivered with clocks that differ, timers fire twice and late, and the rules of the target change between two sends.
 */
final class ProcessSimulation {

    sealed interface Happened extends DomainEvent {
        String id();
    }

    @EventType("Began")
    record Began(String id) implements Happened {}

    @EventType("Noted")
    record Noted(String id) implements Happened {}

    @EventType("Prolonged")
    record Prolonged(String id) implements Happened {}

    @EventType("Halted")
    record Halted(String id) implements Happened {}

    @EventType("Closed")
    record Closed(String id) implements Happened {}

    @EventType("Done")
    record Done(String what) implements DomainEvent {}

    record Do(String aggregateId, String what, boolean always) implements Command {}

    record Count(String id, int steps) {
        Count next() {
            return new Count(id, steps + 1);
        }
    }

    static final class Target extends AggregateRoot<Done> {
        static final AggregateType<Target, Done> TYPE = AggregateType.named("Target", Done.class, Target::new)
                .on(Done.class, (target, event) -> {})
                .build();

        void act(String what, boolean allowed) {
            require(allowed, "the rules do not allow it");
            raise(new Done(what));
        }
    }

    static final ProcessManager<Count> PROCESS = ProcessManager.named("Sim", 1, Count.class)
            .startsWith(
                    Began.class,
                    Began::id,
                    (step, event) -> step.become(new Count(event.id(), 1))
                            .send("begin", new Do(event.id(), "begin", false))
                            .timer("late", Duration.ofHours(1)))
            .on(
                    Noted.class,
                    Noted::id,
                    (step, event) -> step.become(step.state().next()).send("note", new Do(event.id(), "note", false)))
            .on(Prolonged.class, Prolonged::id, (step, event) -> step.timer("late", Duration.ofHours(1)))
            .on(Halted.class, Halted::id, (step, event) -> step.cancelTimer("late"))
            .on(Closed.class, Closed::id, (step, event) -> step.end())
            .onTimer(
                    "late",
                    step -> step.become(step.state().next())
                            .send("late", new Do(step.id(), "late", false))
                            .timer("last", Duration.ofHours(2)))
            .onTimer("last", step -> step.end())
            .onRejected("begin", (step, rejection) -> step.send("undo", new Do(step.id(), "undo", true)))
            .onRejected("note", (step, rejection) -> step.send("undo", new Do(step.id(), "undo", true)))
            .build();

    private static final List<String> IDS = List.of("0", "1");

    // for all histories, since a serializer checks the classes of its events when it is created
    private static final EventSerializer SOURCE_EVENTS = JacksonEventSerializer.of(EventTypes.of(Happened.class));
    private static final EventSerializer TARGET_EVENTS = JacksonEventSerializer.of(Target.TYPE.eventTypes());
    private static final EventSerializer PROCESS_EVENTS = ProcessEvent.serializer();

    private final Random random;
    private final SimulatedWorkers workers;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryEventStore sources = new InMemoryEventStore(SOURCE_EVENTS, clock);
    private final InMemoryEventStore targets = new InMemoryEventStore(TARGET_EVENTS, clock);
    private final InMemoryEventStore processes = new InMemoryEventStore(PROCESS_EVENTS, clock);
    private final InMemoryTimerStore timers = new InMemoryTimerStore();
    private final List<ProcessWorker<Count>> instances = new ArrayList<>();
    private final Map<StreamId, Integer> delivered = new HashMap<>();
    private final Map<StreamId, Integer> recovered = new HashMap<>();
    private final Map<StreamId, List<EventEnvelope>> decoded = new HashMap<>();
    private final Map<String, ProcessTimer> known = new HashMap<>();
    private boolean allowed; // a rule of the target, which changes between two sends of a command
    private String wrong = "";
    private int events;

    private ProcessSimulation(long seed) {
        random = new Random(seed);
        workers = new SimulatedWorkers(random);
        allowed = random.nextBoolean();
        for (int i = 0; i < 3; i++) {
            instances.add(worker());
        }
    }

    private ProcessWorker<Count> worker() {
        FaultyStore store = new FaultyStore(processes, timers, workers);
        AggregateRepository<Target> repository = AggregateRepository.of(
                        Target.TYPE, new FaultyStore(targets, timers, workers))
                .clock(clock)
                .retry(new RetryPolicy(3, Duration.ofNanos(1), Duration.ofNanos(1)));
        CommandSender bus = CommandSender.of(CommandBus.builder()
                .creatingOrUpdating(
                        Do.class,
                        repository,
                        (target, command, context) -> target.act(command.what(), command.always() || allowed))
                .build());
        CommandSender checked = new CommandSender() {
            @Override
            public EncodedCommand encode(Command command) {
                return bus.encode(command);
            }

            @Override
            public boolean send(EncodedCommand command, CommandMetadata metadata) {
                if (workers.tag() instanceof Set<?> answered && answered.contains(metadata.commandId())) {
                    wrong("a command is sent by work that began after it was answered");
                }
                return bus.send(command, metadata);
            }
        };
        return new ProcessWorker<>(
                PROCESS,
                new FaultyStore(sources, timers, workers),
                store,
                store,
                checked,
                ProcessSettings.defaults().withClock(clock),
                new ProcessCounters(),
                pause -> true);
    }

    /** Runs the history of a seed; the answer is what went wrong, or nothing. */
    static String run(long seed) {
        ProcessSimulation simulation = new ProcessSimulation(seed);
        simulation.live();
        simulation.comeToRest();
        simulation.compare();
        return simulation.wrong;
    }

    private void live() {
        for (int i = 0; i < 220; i++) {
            int what = random.nextInt(100);
            if (random.nextInt(20) == 0) {
                allowed = !allowed;
            }
            if (what < 10) {
                happen(IDS.get(random.nextInt(IDS.size())));
            } else if (what < 22) {
                clock.advance(Duration.ofSeconds(random.nextInt(1200)));
            }
            if (workers.count() < 4) {
                start();
            }
            if (workers.count() > 0) {
                failed(workers.step());
            }
        }
    }

    private void happen(String id) {
        boolean second = random.nextBoolean();
        StreamId stream = StreamId.of(second ? "Second" : "First", id);
        int number = (int) sources.currentVersion(stream);
        int kind = random.nextInt(12);
        DomainEvent event = second || number == 0
                ? second ? new Noted(id) : new Began(id)
                : kind < 5 ? new Prolonged(id) : kind < 8 ? new Halted(id) : kind < 11 ? new Began(id) : new Closed(id);
        EventMetadata metadata = EventMetadata.builder()
                .eventId("e" + ++events)
                .eventType(event.getClass().getSimpleName(), 1)
                .timestamp(clock.instant().plusSeconds(random.nextInt(2400) - 1200)) // clocks differ
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(number + 1L)
                .build();
        sources.append(stream, number, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());
    }

    private void start() {
        ProcessWorker<Count> instance = instances.get(random.nextInt(instances.size()));
        int kind = random.nextInt(10);
        String id = IDS.get(random.nextInt(IDS.size()));
        if (kind < 5) {
            deliver(instance, StreamId.of(random.nextBoolean() ? "First" : "Second", id), true);
        } else if (kind < 8) {
            timers.due(Instant.MAX, 1000).forEach(timer -> known.put(timer.key(), timer));
            List<ProcessTimer> due = known.values().stream()
                    .filter(timer -> !timer.due().isAfter(clock.instant()))
                    .sorted((one, other) -> one.key().compareTo(other.key()))
                    .toList();
            if (!due.isEmpty()) {
                ProcessTimer timer = due.get(random.nextInt(due.size()));
                workers.add(answered(), () -> instance.ring(timer));
            }
        } else if (kind == 8) {
            recover(instance, PROCESS.stream(id));
        } else {
            workers.add(Set.of(), () -> instance.retry(PROCESS.stream(id)));
        }
    }

    /** Delivers events from the position of the feed, or from an earlier one: a feed redelivers, and leaves none out. */
    private void deliver(ProcessWorker<Count> instance, StreamId stream, boolean again) {
        List<EventEnvelope> all = all(sources, stream);
        int position = delivered.getOrDefault(stream, 0);
        int from = again && position > 0 && random.nextInt(3) == 0 ? random.nextInt(position) : position;
        if (from < all.size()) {
            int to = again ? from + 1 + random.nextInt(all.size() - from) : all.size();
            workers.add(answered(), () -> {
                instance.handle(all.subList(from, to));
                delivered.merge(stream, to, Math::max);
            });
        }
    }

    private void recover(ProcessWorker<Count> instance, StreamId stream) {
        List<EventEnvelope> all = history(stream).stream()
                .filter(event ->
                        !event.metadata().timestamp().isAfter(clock.instant().minusSeconds(30)))
                .toList();
        int from = recovered.getOrDefault(stream, 0);
        if (from < all.size()) {
            workers.add(answered(), () -> {
                instance.recover(all.subList(from, all.size()));
                recovered.merge(stream, all.size(), Math::max);
            });
        }
    }

    private List<EventEnvelope> history(StreamId stream) {
        return all(processes, stream);
    }

    /** All events of a stream, each of which is decoded once: nothing is deleted here. */
    private List<EventEnvelope> all(InMemoryEventStore store, StreamId stream) {
        List<EventEnvelope> all = decoded.computeIfAbsent(stream, id -> new ArrayList<>());
        store.read(stream, all.size(), Long.MAX_VALUE).forEach(all::add);
        return List.copyOf(all);
    }

    private Set<String> answered() {
        Set<String> answered = new HashSet<>();
        for (String id : IDS) {
            for (EventEnvelope event : history(PROCESS.stream(id))) {
                if (event.event() instanceof ProcessEvent.CommandAnswered answer) {
                    answered.add(answer.key());
                }
            }
        }
        return answered;
    }

    private void comeToRest() {
        workers.faults = false;
        finish();
        IntStream.range(0, 12).forEach(round -> {
            clock.advance(Duration.ofHours(1));
            for (String id : IDS) {
                deliver(instances.get(0), StreamId.of("First", id), false);
                deliver(instances.get(0), StreamId.of("Second", id), false);
                recover(instances.get(1), PROCESS.stream(id));
                finish();
            }
            timers.due(clock.instant(), 1000)
                    .forEach(timer ->
                            workers.add(answered(), () -> instances.get(2).ring(timer)));
            finish();
        });
    }

    private void finish() {
        while (workers.count() > 0) {
            failed(workers.step());
        }
    }

    private void failed(Throwable failure) {
        boolean expected = failure == null
                || failure instanceof EventStoreUnavailableException
                || failure instanceof ConcurrencyException;
        if (!expected) {
            wrong("a worker failed: " + failure + " at " + failure.getStackTrace()[0]);
        }
    }

    private void compare() {
        for (String id : IDS) {
            List<EventEnvelope> history = history(PROCESS.stream(id));
            ProcessCheck check = new ProcessCheck(history);
            StreamId target = StreamId.of("Target", id);
            check.wrong(target, all(targets, target), true, clock.instant()).forEach(each -> wrong(id + " " + each));
            Instance instance = new Instance(PROCESS.stream(id));
            history.forEach(instance::apply);
            boolean shown = instance.shownState() == InstanceState.PARKED;
            if (!instance.unanswered().isEmpty() && !shown) {
                wrong(id + " has a command without an answer: "
                        + instance.unanswered().keySet());
            }
            if (check.isRunning()) {
                requireAllInputs(id, check);
            }
        }
    }

    private void requireAllInputs(String id, ProcessCheck check) {
        for (String type : List.of("First", "Second")) {
            for (EventEnvelope event : all(sources, StreamId.of(type, id))) {
                boolean taken = check.inputs().contains(event.metadata().eventId());
                if (!taken && !(event.event() instanceof Began)) {
                    wrong(id + " has lost the input " + event.metadata());
                }
            }
        }
    }

    private void wrong(String what) {
        wrong = wrong.isEmpty() ? what : wrong;
    }
}
