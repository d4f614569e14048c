package io.daybook.process;

import io.daybook.command.EncodedCommand;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.Instance.Pending;
import io.daybook.process.InstanceStreams.Taken;
import io.daybook.process.ProcessEvent.Cause;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one process: takes steps, sends their commands, records the answers and sets the timers. Starts no
 * thread. All of its work may be done twice, or by several instances at the same time, because only what is stored in
 * the process stream counts, and that is stored once.
 */
final class ProcessWorker<S> {

    private static final Logger log = LoggerFactory.getLogger(ProcessWorker.class);
    private static final int MAX_ROUNDS = 20;
    private static final String ALL = ""; // of the keys of an instance

    private final ProcessManager<S> process;
    private final EventStore eventStore;
    private final InstanceStreams streams;
    private final TimerStore timers;
    private final CommandDispatch dispatch;
    private final ProcessSettings settings;
    private final ProcessCounters counters;
    private final Decider<S> decider;

    ProcessWorker(
            ProcessManager<S> process,
            EventStore eventStore,
            EventStore processStore,
            TimerStore timers,
            CommandSender sender,
            ProcessSettings settings,
            ProcessCounters counters,
            Predicate<Duration> pause) {
        this.process = process;
        this.eventStore = eventStore;
        this.streams = new InstanceStreams(processStore, settings.clock());
        this.timers = timers;
        this.dispatch = new CommandDispatch(sender, counters, pause);
        this.settings = settings;
        this.counters = counters;
        this.decider = new Decider<>(process, sender::encode, this::read);
        eventStore.requireEventTypes(process.eventTypes());
        if (process.namesSubjects()) {
            processStore.requireEventTypes(ProcessEventSerializer.ENCRYPTION);
        }
    }

    private Optional<DomainEvent> read(Cause cause) {
        StreamId source = Instance.source(cause);
        try (Stream<EventEnvelope> events =
                eventStore.read(source, cause.sequenceNumber() - 1, cause.sequenceNumber())) {
            return events.filter(event -> event.metadata().eventId().equals(cause.key()))
                    .map(EventEnvelope::event)
                    .findFirst();
        } catch (StreamDeletedException e) {
            return Optional.empty();
        }
    }

    private Instant now() {
        return settings.clock().instant();
    }

    /** Takes the steps for events, each step once. */
    void handle(List<EventEnvelope> events) {
        for (EventEnvelope envelope : events) {
            DomainEvent event = Inputs.decode(envelope, process.eventTypes());
            ProcessManager.Input<S> input = event == null ? null : process.input(event.getClass());
            String id = input == null ? null : input.instance().apply(event);
            if (event != null && id != null) {
                settings.interceptor()
                        .intercept(
                                process.name(),
                                List.of(envelope.metadata()),
                                () -> take(id, envelope.metadata(), event));
            }
        }
    }

    private void take(String id, EventMetadata metadata, DomainEvent event) {
        StreamId stream = process.stream(id);
        Cause cause = new Cause(
                CauseKind.EVENT,
                metadata.eventType(),
                metadata.eventId(),
                metadata.aggregateType(),
                metadata.aggregateId(),
                metadata.sequenceNumber(),
                metadata.timestamp());
        DerivedKey key = DerivedKey.of("input", stream.toString(), metadata.eventId());
        Optional<Taken> taken = streams.append(
                stream,
                key,
                instance -> InstanceStreams.causedBy(metadata),
                instance -> decider.input(instance, id, cause, event, now()));
        if (taken.isEmpty()) {
            counters.repeatedInputs.increment();
        }
        taken.ifPresent(this::perform);
    }

    /** Fires a timer. It takes effect once, and only if the instance still has it. */
    void ring(ProcessTimer timer) {
        if (timer.due().isAfter(now())) {
            return; // it fired early, and stays stored
        }
        Instance instance = streams.loadToAct(timer.stream());
        EventMetadata last = instance.last();
        if (last == null) {
            ring(timer, instance);
        } else {
            settings.interceptor().intercept(process.name(), List.of(last), () -> ring(timer, instance));
        }
    }

    private void ring(ProcessTimer timer, Instance instance) {
        for (Pending command : List.copyOf(instance.unanswered().values())) {
            TimerSet next = command.next();
            if (next != null && next.key().equals(timer.key())) {
                send(timer.stream(), command).ifPresent(this::perform);
                timers.remove(timer);
                return;
            }
        }
        Optional<Taken> taken = streams.append(
                timer.stream(),
                null,
                current -> InstanceStreams.after(current.last(), timer.key()),
                current -> decider.timer(current, timer.key()));
        if (taken.isPresent()) {
            counters.timersFired.increment();
            counters.lateMillis.add(Duration.between(timer.due(), now()).toMillis());
            perform(taken.get());
        } else {
            counters.timersObsolete.increment();
        }
        timers.remove(timer);
    }

    /** Parks an instance whose timer cannot be handled. */
    void park(ProcessTimer timer, Throwable failure) {
        streams.append(
                        timer.stream(),
                        null,
                        instance -> InstanceStreams.after(instance.last(), timer.key()),
                        instance -> {
                            TimerSet set = instance.timer(timer.key());
                            return set == null || instance.parked().containsKey(timer.key())
                                    ? List.of()
                                    : List.of(new InstanceParked(
                                            timer.key(),
                                            set.name(),
                                            failure.getClass().getName(),
                                            true));
                        })
                .ifPresent(this::count);
        timers.remove(timer);
    }

    /**
     * Completes the work that a crash interrupted: sends commands that have had no answer for some time, and sets
     * timers. Skips events that are too recent.
     *
     * @param events of process streams
     */
    void recover(List<EventEnvelope> events) {
        Map<String, Set<String>> keys = new TreeMap<>();
        for (EventEnvelope event : events) {
            EventMetadata metadata = event.metadata();
            if (metadata.aggregateType().equals(process.name())) {
                Set<String> ofStream = keys.computeIfAbsent(metadata.aggregateId(), id -> new LinkedHashSet<>());
                addKeys((ProcessEvent) event.event(), ofStream);
            }
        }
        keys.forEach((id, ofStream) -> {
            if (!ofStream.isEmpty()) {
                recover(StreamId.of(process.name(), id), ofStream);
            }
        });
    }

    private static void addKeys(ProcessEvent event, Set<String> keys) {
        if (event instanceof StepTaken step) {
            step.commands().forEach(command -> keys.add(command.key()));
            step.timers().forEach(timer -> keys.add(timer.key()));
        } else if (event instanceof InputKept input) {
            keys.add(input.expiry().key());
        } else if (event instanceof CommandPostponed postponed) {
            keys.add(postponed.timer().key());
        } else if (event instanceof CommandAnswered answered) {
            keys.remove(answered.key());
        } else if (event instanceof InstanceRetried) {
            keys.add(ALL);
        }
    }

    private void recover(StreamId stream, Set<String> keys) {
        Instance instance;
        try {
            instance = streams.loadToAct(stream);
        } catch (StreamDeletedException e) {
            return;
        }
        for (TimerSet timer : instance.timers().values()) {
            if (keys.contains(timer.key()) || keys.contains(ALL)) {
                timers.set(new ProcessTimer(stream, timer.key(), timer.due()));
            }
        }
        for (Pending command : List.copyOf(instance.unanswered().values())) {
            TimerSet next = command.next();
            if (next != null && keys.contains(next.key())) {
                timers.set(new ProcessTimer(stream, next.key(), next.due()));
            }
            boolean waits = next != null
                    || instance.parked().containsKey(command.command().key());
            if (!waits && (keys.contains(command.command().key()) || keys.contains(ALL))) {
                send(stream, command).ifPresent(this::perform);
            }
        }
    }

    /** Retries the work for which an instance is parked. */
    boolean retry(StreamId stream) {
        Optional<Taken> taken = streams.append(
                stream,
                null,
                instance -> InstanceStreams.after(instance.last(), "retry"),
                instance -> decider.retry(instance, now()));
        taken.ifPresent(this::perform);
        return taken.isPresent();
    }

    /** Ends an instance, and drops its unanswered commands. */
    boolean cancel(StreamId stream) {
        Optional<Taken> taken = streams.append(
                stream,
                null,
                instance -> InstanceStreams.after(instance.last(), "cancel"),
                instance -> instance.version() == 0 || instance.isDone()
                        ? List.of()
                        : List.of(new InstanceEnded(InstanceState.CANCELED)));
        taken.ifPresent(this::count);
        return taken.isPresent();
    }

    Instance find(String id) {
        return streams.load(process.stream(id));
    }

    List<EventEnvelope> history(String id) {
        return streams.history(process.stream(id));
    }

    ProcessManager<S> process() {
        return process;
    }

    ProcessCounters counters() {
        return counters;
    }

    /**
     * Carries out a step that was appended: sets its timers and sends its commands. Failures are logged and left to
     * {@link #recover(List)}, since the step is stored and is not taken again.
     */
    private void perform(Taken first) {
        Deque<Taken> todo = new ArrayDeque<>(List.of(first));
        for (int round = 0; !todo.isEmpty() && round < MAX_ROUNDS; round++) {
            Taken taken = todo.remove();
            count(taken);
            try {
                perform(taken, todo);
            } catch (RuntimeException e) {
                log.warn(
                        "process step not performed yet, will be repeated process={} instance={}",
                        process.name(),
                        taken.instance().stream(),
                        e);
            }
        }
    }

    private void perform(Taken taken, Deque<Taken> todo) {
        Instance instance = taken.instance();
        StreamId stream = instance.stream();
        taken.processEvents().flatMap(ProcessWorker::timersOf).forEach(timer -> {
            boolean set = instance.timer(timer.key()) != null
                    || instance.unanswered().values().stream().anyMatch(command -> timer.equals(command.next()));
            if (set) {
                timers.set(new ProcessTimer(stream, timer.key(), timer.due()));
            }
        });
        taken.obsolete().forEach(timer -> timers.remove(new ProcessTimer(stream, timer.key(), timer.due())));
        boolean retried = taken.processEvents().anyMatch(InstanceRetried.class::isInstance);
        if (retried) {
            instance.timers().values().forEach(timer -> timers.set(new ProcessTimer(stream, timer.key(), timer.due())));
        }
        Set<String> sent = new LinkedHashSet<>();
        taken.processEvents().forEach(event -> {
            if (event instanceof StepTaken step) {
                step.commands().forEach(command -> sent.add(command.key()));
            }
        });
        for (Pending command : List.copyOf(instance.unanswered().values())) {
            if (sent.contains(command.command().key()) || (retried && command.next() == null)) {
                send(stream, command).ifPresent(todo::add);
            }
        }
    }

    private static Stream<TimerSet> timersOf(ProcessEvent event) {
        if (event instanceof StepTaken step) {
            return step.timers().stream();
        } else if (event instanceof InputKept input) {
            return Stream.of(input.expiry());
        } else if (event instanceof CommandPostponed postponed) {
            return Stream.of(postponed.timer());
        }
        return Stream.empty();
    }

    /** Sends a command, and records its answer or the lack of one. */
    private Optional<Taken> send(StreamId stream, Pending command) {
        String key = command.command().key();
        EncodedCommand encoded = new EncodedCommand(
                command.command().type(),
                command.command().version(),
                command.command().json());
        int attempts = Math.min(ProcessSettings.ATTEMPTS, attemptsLeft(command));
        Answer answer = dispatch.send(encoded, new DerivedKey(key), command.step(), attempts);
        return streams.append(
                stream,
                null,
                instance -> InstanceStreams.after(command.step(), key),
                instance -> answer.kind() == Answer.Kind.NONE
                        ? postponed(instance, command, answer.error())
                        : decider.answer(instance, key, answer.kind() == Answer.Kind.ACCEPTED, answer.error(), now()));
    }

    private int attemptsLeft(Pending command) {
        return process.attempts(command.command().name()) - command.attempts() * ProcessSettings.ATTEMPTS;
    }

    private List<ProcessEvent> postponed(Instance instance, Pending command, String error) {
        String key = command.command().key();
        Pending current = instance.unanswered().get(key);
        if (current == null
                || current.attempts() != command.attempts()
                || instance.parked().containsKey(key)) {
            return List.of();
        }
        boolean late = !now().isBefore(current.since().plus(settings.parkUnansweredAfter()));
        if (late || attemptsLeft(current) <= ProcessSettings.ATTEMPTS) {
            return List.of(new InstanceParked(key, command.command().name(), error, false));
        }
        int attempts = current.attempts() + 1;
        TimerSet next = new TimerSet(
                Instance.RESEND,
                DerivedKey.of(
                                "resend",
                                key,
                                Integer.toString(attempts),
                                current.since().toString())
                        .text(),
                now().plus(settings.resendBackoff().after(attempts)));
        return List.of(new CommandPostponed(key, attempts, error, next));
    }

    private void count(Taken taken) {
        taken.processEvents().forEach(event -> {
            if (event instanceof StepTaken step) {
                counters.steps.increment();
                counters.started.add(step.start() ? 1 : 0);
                counters.completed.add(step.ended() ? 1 : 0);
            } else if (event instanceof InstanceParked parked) {
                counters.parked.increment();
                log.warn(
                        "process instance parked process={} instance={} name={} error={}",
                        process.name(),
                        taken.instance().stream(),
                        parked.name(),
                        parked.error());
            } else if (event instanceof InstanceEnded ended) {
                (ended.state() == InstanceState.CANCELED ? counters.canceled : counters.neverStarted).increment();
            }
        });
    }
}
