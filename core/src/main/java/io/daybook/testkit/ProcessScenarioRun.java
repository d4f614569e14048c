package io.daybook.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.daybook.aggregate.DomainException;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.CommandSender;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessTimer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.testkit.ProcessScenario.Happening;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** One run of a scenario: the production classes in memory, in the caller's thread, with a clock that the scenario moves. */
final class ProcessScenarioRun {

    private static final class ScenarioClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.fixed(now, zone);
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** Records the commands, and accepts or rejects them. */
    private final class Recorder implements CommandSender {
        private final Map<EncodedCommand, Command> encoded = new HashMap<>();

        @Override
        public EncodedCommand encode(Command command) {
            EncodedCommand json = bus(command.getClass()).encode(command);
            encoded.put(json, command);
            return json;
        }

        private <C extends Command> CommandBus bus(Class<C> type) {
            return CommandBus.builder()
                    .handling(type, (command, context) -> {
                        throw new UnsupportedOperationException();
                    })
                    .mapper(process.mapper())
                    .build();
        }

        @Override
        public boolean send(EncodedCommand json, CommandMetadata metadata) {
            Command command = encoded.get(json);
            if (command != null) {
                sent.add(command);
                if (rejected.test(command)) {
                    throw new DomainException("rejected by the scenario");
                }
            }
            return false;
        }
    }

    private final ProcessManager<?> process;
    private final Predicate<Command> rejected;
    private final List<Command> sent = new ArrayList<>();
    private final Set<ProcessTimer> fired = new LinkedHashSet<>();
    private final ScenarioClock clock = new ScenarioClock();
    private final InMemoryTimerStore timers = new InMemoryTimerStore();
    private final InMemoryEventStore processes =
            new InMemoryEventStore(ProcessEvent.serializer(new InMemorySubjectKeys()), clock);
    private final InMemoryEventStore events;
    private final ProcessRunner runner;

    ProcessScenarioRun(ProcessManager<?> process, Predicate<Command> rejected) {
        this.process = process;
        this.rejected = rejected;
        EventTypes types = process.eventTypes().mapper(process.mapper());
        this.events =
                new InMemoryEventStore(JacksonEventSerializer.of(types, AggregateScenario.standIns(types)), clock);
        this.runner = ProcessRunner.builder(new InMemoryEventFeed(events), events, new Recorder())
                .processStore(processes, new InMemoryEventFeed(processes), timers)
                .run(process)
                .clock(clock)
                .build();
    }

    List<Command> sent() {
        return sent;
    }

    ProcessInstance instance(String id) {
        return runner.find(process, id)
                .orElseThrow(() -> new AssertionError("there is no instance " + id + " of " + process.name()));
    }

    String json(Object state) {
        try {
            return process.mapper().writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the expected state cannot be written as JSON", e);
        }
    }

    void run(List<Happening> happenings) {
        for (Happening each : happenings) {
            each.events().forEach(this::deliver);
            pass(each.time());
        }
        withoutEffect("timers fired again", () -> {
            fired.forEach(timers::set);
            runner.fireTimers();
        });
    }

    private void deliver(DomainEvent event) {
        EventTypes.Registration type = process.eventTypes().registrationOf(event);
        StreamId stream = StreamId.of(type.name().replace('-', '_'), "scenario");
        long version = events.currentVersion(stream);
        EventMetadata metadata = EventMetadata.builder()
                .eventId(type.name() + "-" + (version + 1))
                .eventType(type.name(), type.version())
                .timestamp(clock.instant())
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(version + 1)
                .build();
        events.append(stream, version, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());
        List<EventEnvelope> stored = events.read(stream, version, version + 1).toList();
        runner.handle(process, stored);
        withoutEffect(event + " was delivered again", () -> runner.handle(process, stored));
        pass(Duration.ZERO);
    }

    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        for (List<ProcessTimer> due = timers.due(end, 1); !due.isEmpty(); due = timers.due(end, 1)) {
            ProcessTimer next = due.get(0);
            fired.add(next);
            clock.now = next.due().isAfter(clock.now) ? next.due() : clock.now;
            runner.fireTimers();
        }
        clock.now = end;
        processes
                .find(EventFilter.all().eventType("InstanceParked"))
                .map(event -> (ProcessEvent.InstanceParked) event.event())
                .filter(ProcessEvent.InstanceParked::timer)
                .findFirst()
                .ifPresent(parked -> {
                    throw new AssertionError(
                            "the handler of the timer " + parked.name() + " failed with " + parked.error());
                });
    }

    private void withoutEffect(String what, Runnable repeat) {
        long before = processes.find(EventFilter.all()).count();
        int commands = sent.size();
        repeat.run();
        if (processes.find(EventFilter.all()).count() != before || sent.size() != commands) {
            throw new AssertionError(what + ", and that had a second effect: " + sent.subList(commands, sent.size()));
        }
    }
}
