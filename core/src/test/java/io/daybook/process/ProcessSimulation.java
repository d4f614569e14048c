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
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.projection.SimulatedWorkers;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * One random history of a process and a reaction: several workers with clocks that differ take events, fire timers and recover, are slow, crash and lose
 * replies, and read old states. Events are early and redelivered, even a month later. Timers fire twice and late, and are lost and restored.
 * The target is down at times, and its rules change between two sends. Handlers fail, and operators retry and cancel.
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

    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("a handler fails", null, false, false);
        }
    }

    static final class TargetDown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TargetDown() {
            super("the target is down", null, false, false);
        }
    }

    /** Whether some handlers fail. Static because the handlers are, and histories run one after another. */
    private static boolean broken;

    private static void requireIntact() {
        if (broken) {
            throw new Broken();
        }
    }

    private static final StreamId REACTED = StreamId.of("Target", "reacted");

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
            .onTimer("late", step -> {
                requireIntact();
                step.become(step.state().next())
                        .send("late", new Do(step.id(), "late", false))
                        .timer("last", Duration.ofHours(2));
            })
            .onTimer("last", step -> step.end())
            .onRejected("begin", (step, rejection) -> step.send("undo", new Do(step.id(), "undo", true)))
            .onRejected("note", (step, rejection) -> {
                requireIntact();
                step.send("undo", new Do(step.id(), "undo", true));
            })
            .build();

    private static final Reaction REACTION = Reaction.named("react")
            .on(Noted.class, event -> new Do(REACTED.aggregateId(), event.id(), false))
            .build();

    private static final List<String> IDS = List.of("0", "1");

    // for all histories, since a serializer checks the classes of its events when it is created
    private static final EventSerializer SOURCE_EVENTS = JacksonEventSerializer.of(EventTypes.of(Happened.class));
    private static final EventSerializer TARGET_EVENTS = JacksonEventSerializer.of(Target.TYPE.eventTypes());
    private static final EventSerializer PROCESS_EVENTS = ProcessEvent.serializer();

    private final Random random;
    private final SimulatedWorkers workers;
    private final CommandSender sender;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryEventStore sources = new InMemoryEventStore(SOURCE_EVENTS, clock);
    private final InMemoryEventStore targets = new InMemoryEventStore(TARGET_EVENTS, clock);
    private final InMemoryEventStore processes = new InMemoryEventStore(PROCESS_EVENTS, clock);
    private final InMemoryTimerStore timers = new InMemoryTimerStore();
    private final List<ProcessWorker<Count>> instances = new ArrayList<>();
    private final List<ReactionWorker> reactions = new ArrayList<>();
    private final Map<StreamId, Integer> delivered = new HashMap<>();
    private final Map<StreamId, Integer> recovered = new HashMap<>();
    private final Map<StreamId, Integer> reacted = new HashMap<>();
    private final Set<String> rejectedReactions = new HashSet<>(); // whose record may have expired
    private final Map<StreamId, List<EventEnvelope>> decoded = new HashMap<>();
    private final Map<String, ProcessTimer> known = new HashMap<>();
    private boolean allowed; // a rule of the target, which changes between two sends of a command
    private boolean down;
    private int lost; // how many times the timers were lost
    private int restored; // after which of these losses they were restored
    private String wrong = "";
    private int events;

    private ProcessSimulation(long seed) {
        random = new Random(seed);
        workers = new SimulatedWorkers(random);
        sender = sender();
        allowed = random.nextBoolean();
        broken = false;
        for (int i = 0; i < 3; i++) {
            Clock own = Clock.offset(clock, Duration.ofMinutes(random.nextInt(41) - 20));
            instances.add(worker(own));
            reactions.add(reaction(own));
        }
    }

    private ProcessWorker<Count> worker(Clock own) {
        FaultyStore store = new FaultyStore(processes, timers, workers);
        return new ProcessWorker<>(
                PROCESS,
                new FaultyStore(sources, timers, workers),
                store,
                store,
                sender,
                settings(own),
                new ProcessCounters(),
                pause -> true);
    }

    private ReactionWorker reaction(Clock own) {
        return new ReactionWorker(REACTION, sources, sender, settings(own), new ProcessCounters());
    }

    private static ProcessSettings settings(Clock own) {
        return ProcessSettings.defaults().withClock(own).withParkUnansweredAfter(Duration.ofHours(1));
    }

    private CommandSender sender() {
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
        return new CommandSender() {
            @Override
            public EncodedCommand encode(Command command) {
                return bus.encode(command);
            }

            @Override
            public boolean send(EncodedCommand command, CommandMetadata metadata) {
                if (workers.tag() instanceof Set<?> settled && settled.contains(metadata.commandId())) {
                    wrong("a command is sent by work that began after it was answered or dropped");
                }
                if (down) {
                    throw new TargetDown();
                }
                return bus.send(command, metadata);
            }
        };
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
            change();
            if (workers.count() < 4) {
                start();
            }
            if (workers.count() > 0) {
                failed(workers.step());
            }
        }
    }

    private void change() {
        int what = random.nextInt(100);
        if (random.nextInt(20) == 0) {
            allowed = !allowed;
        }
        if (random.nextInt(50) == 0) {
            down = !down && random.nextBoolean();
            broken = !broken && random.nextBoolean();
        }
        if (random.nextInt(500) == 0) {
            monthPasses();
        }
        if (what < 10) {
            happen(IDS.get(random.nextInt(IDS.size())));
        } else if (what < 22) {
            clock.advance(Duration.ofSeconds(random.nextInt(1200)));
        }
    }

    /** Lets the idempotency keys expire when nothing is left to do, and then redelivers all events. */
    private void monthPasses() {
        calm();
        deliverAll(instances.get(0));
        IDS.forEach(this::compareReactions);
        if (IDS.stream().allMatch(id -> instance(id).unanswered().isEmpty())) {
            clock.advance(Duration.ofDays(31));
            delivered.clear();
        }
        workers.faults = true;
    }

    private void calm() {
        down = false;
        broken = false;
        finish();
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
        int kind = random.nextInt(400);
        String id = IDS.get(random.nextInt(IDS.size()));
        StreamId stream = PROCESS.stream(id);
        if (kind < 200) {
            deliver(instance, id, random.nextBoolean() ? "First" : "Second", true);
        } else if (kind < 320) {
            timers.due(Instant.MAX, 1000).forEach(timer -> known.put(timer.key(), timer));
            List<ProcessTimer> due = known.values().stream()
                    .filter(timer -> !timer.due().isAfter(clock.instant()))
                    .sorted((one, other) -> one.key().compareTo(other.key()))
                    .toList();
            if (!due.isEmpty()) {
                ProcessTimer timer = due.get(random.nextInt(due.size()));
                workers.add(settled(), () -> ring(instance, timer));
            }
        } else if (kind < 360) {
            recover(instance, stream, true);
        } else if (kind < 375) {
            react(reactions.get(random.nextInt(reactions.size())), StreamId.of("Second", id), true);
        } else if (kind < 390) {
            workers.add(settled(), () -> instance.retry(stream));
        } else if (kind < 396) {
            restoreTimers(instance);
        } else if (kind < 398) {
            timers.due(Instant.MAX, 1000).forEach(timers::remove);
            lost++;
        } else if (kind == 398) {
            workers.add(settled(), () -> instance.cancel(stream));
        }
    }

    private void ring(ProcessWorker<Count> instance, ProcessTimer timer) {
        try {
            instance.ring(timer);
        } catch (Broken e) {
            if (random.nextBoolean()) {
                instance.park(timer, e);
            }
        }
    }

    private void restoreTimers(ProcessWorker<Count> instance) {
        int loss = lost;
        workers.add(settled(), () -> {
            instance.restoreTimers();
            restored = Math.max(restored, loss);
        });
    }

    /** Delivers events from the position of a feed, or from an earlier one: a feed redelivers, and leaves none out. */
    private void deliver(
            Map<StreamId, Integer> positions, StreamId stream, boolean again, Consumer<List<EventEnvelope>> handler) {
        List<EventEnvelope> all = all(sources, stream);
        int position = positions.getOrDefault(stream, 0);
        int from = again && position > 0 && random.nextInt(3) == 0 ? random.nextInt(position) : position;
        if (from < all.size()) {
            int to = again ? from + 1 + random.nextInt(all.size() - from) : all.size();
            workers.add(settled(), () -> {
                handler.accept(all.subList(from, to));
                positions.merge(stream, to, Math::max);
            });
        }
    }

    private void deliver(ProcessWorker<Count> instance, String id, String type, boolean again) {
        deliver(delivered, StreamId.of(type, id), again, events -> {
            instance.handle(events);
            requireInputs(id, events);
        });
    }

    private void react(ReactionWorker reaction, StreamId stream, boolean again) {
        deliver(reacted, stream, again, reaction::handle);
    }

    private void deliverAll(ProcessWorker<Count> instance) {
        for (String id : IDS) {
            react(reactions.get(0), StreamId.of("Second", id), false);
            deliver(instance, id, "First", false);
            deliver(instance, id, "Second", false);
            recover(instance, PROCESS.stream(id), false);
            finish();
        }
    }

    /** Recovers from the position of its feed, which may be up to events that others work on. */
    private void recover(ProcessWorker<Count> instance, StreamId stream, boolean some) {
        List<EventEnvelope> all = history(stream);
        int from = recovered.getOrDefault(stream, 0);
        if (from < all.size()) {
            int to = some ? from + 1 + random.nextInt(all.size() - from) : all.size();
            workers.add(settled(), () -> {
                instance.recover(all.subList(from, to));
                recovered.merge(stream, to, Math::max);
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

    /** The commands that no work may send which begins now. */
    private Set<String> settled() {
        Set<String> settled = new HashSet<>();
        for (String id : IDS) {
            Set<String> sent = new HashSet<>();
            for (EventEnvelope event : history(PROCESS.stream(id))) {
                if (event.event() instanceof StepTaken step) {
                    step.commands().forEach(command -> sent.add(command.key()));
                } else if (event.event() instanceof CommandAnswered answer) {
                    settled.add(answer.key());
                } else if (event.event() instanceof InstanceEnded) {
                    settled.addAll(sent);
                }
            }
        }
        return settled;
    }

    private void comeToRest() {
        calm();
        ProcessWorker<Count> last = worker(clock);
        if (restored < lost) {
            restoreTimers(last);
            finish();
        }
        IntStream.range(0, 12).forEach(round -> {
            clock.advance(Duration.ofHours(1));
            deliverAll(last);
            IDS.forEach(id -> workers.add(settled(), () -> last.retry(PROCESS.stream(id))));
            finish();
            timers.due(clock.instant(), 1000).forEach(timer -> workers.add(settled(), () -> last.ring(timer)));
            finish();
        });
    }

    private void finish() {
        workers.finish(this::failed);
    }

    private void failed(Throwable failure) {
        boolean expected = failure == null
                || failure instanceof EventStoreUnavailableException
                || failure instanceof ConcurrencyException
                || failure instanceof EventTooOldException
                || failure instanceof CommandTimeoutException // its time is real, and the machine may pause
                || failure instanceof TargetDown;
        if (!expected) {
            wrong("a worker failed: " + failure + " at " + failure.getStackTrace()[0]);
        }
    }

    private Instance instance(String id) {
        Instance instance = new Instance(PROCESS.stream(id));
        history(PROCESS.stream(id)).forEach(instance::apply);
        return instance;
    }

    private void compare() {
        for (String id : IDS) {
            ProcessCheck check = new ProcessCheck(history(PROCESS.stream(id)));
            StreamId target = StreamId.of("Target", id);
            Instance instance = instance(id);
            check.wrong(target, all(targets, target), clock.instant()).forEach(each -> wrong(id + " " + each));
            check.unhandled().stream()
                    .filter(key -> !instance.parked().containsKey(key))
                    .forEach(key -> wrong(id + " does not show a rejection that no step has handled"));
            instance.unanswered().keySet().forEach(key -> wrong(id + " has a command without an answer: " + key));
            instance.parked().values().stream()
                    .filter(parked -> !parked.name().equals("late"))
                    .forEach(parked -> wrong(id + " is parked although nothing fails: " + parked));
            for (String type : List.of("First", "Second")) {
                requireInputs(id, all(sources, StreamId.of(type, id)));
            }
            compareReactions(id);
        }
    }

    /** Each event has one effect, or one rejection that is recorded at the target. */
    private void compareReactions(String id) {
        for (EventEnvelope event : all(sources, StreamId.of("Second", id))) {
            String key = DerivedKey.of(
                            "reaction", REACTION.name(), event.metadata().eventId())
                    .text();
            long effects = all(targets, REACTED).stream()
                    .filter(effect -> effect.metadata().commandId().orElse("").equals(key))
                    .count();
            targets.findCommand(REACTED, key)
                    .flatMap(HandledCommand::rejection)
                    .ifPresent(error -> rejectedReactions.add(key));
            if (effects + (rejectedReactions.contains(key) ? 1 : 0) != 1) {
                wrong("a reaction with " + effects + " effects: " + event.metadata());
            }
        }
    }

    /** Each event that was delivered is handled or kept, unless the instance is over. */
    private void requireInputs(String id, List<EventEnvelope> events) {
        ProcessCheck check = new ProcessCheck(history(PROCESS.stream(id)));
        for (EventEnvelope event : events) {
            boolean ignored = check.isOver() || event.event() instanceof Began;
            if (!ignored && !check.inputs().contains(event.metadata().eventId())) {
                wrong(id + " has lost the input " + event.metadata());
            }
        }
    }

    private void wrong(String what) {
        wrong = wrong.isEmpty() ? what : wrong;
    }
}
