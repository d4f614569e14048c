package io.daybook.process;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one process: takes steps, sends their commands, records the answers and sets the timers. Starts no
 * thread. All of its work may be done twice, or by several programs at the same time, because only what is stored in
 * the process stream counts, and that is stored once.
 */
final class ProcessWorker<S> {

    private static final Logger log = LoggerFactory.getLogger(ProcessWorker.class);
    private static final String ALL = ""; // of the keys of an instance

    private final ProcessManager<S> process;
    private final EventStore eventStore;
    private final InstanceStreams streams;
    private final TimerStore timers;
    private final StepEffects effects;
    private final ProcessSettings settings;
    private final ProcessCounters counters;
    private final Decider<S> decider;
    private final Predicate<Duration> pause;

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
        this.settings = settings;
        this.counters = counters;
        this.decider = new Decider<>(process, sender::encode, this::read);
        this.pause = pause;
        CommandDispatch dispatch = new CommandDispatch(sender, counters, settings.clock(), pause);
        this.effects = new StepEffects(process, decider, streams, timers, dispatch, settings, counters);
        eventStore.requireEventTypes(process.eventTypes());
        if (process.namesSubjects()) {
            processStore.requireEventTypes(ProcessEventSerializer.ENCRYPTION);
        }
    }

    private Optional<DomainEvent> read(Cause cause) {
        StreamId source = Instance.source(cause);
        Optional<EventEnvelope> found;
        try (Stream<EventEnvelope> events = eventStore.readCurrent(source, cause.sequenceNumber() - 1)) {
            found = events.findFirst();
        } catch (StreamDeletedException e) {
            return Optional.empty();
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("event " + cause.sequenceNumber() + " of " + source
                    + " is missing, but an instance of " + process.name()
                    + " has kept it until its start: restore the event, or cancel the instance");
        }
        if (!found.get().metadata().eventId().equals(cause.key())) {
            log.warn(
                    "kept event skipped because its stream has a different history process={} stream={} number={} event={}",
                    process.name(),
                    source,
                    cause.sequenceNumber(),
                    cause.key());
            return Optional.empty();
        }
        return found.map(EventEnvelope::event);
    }

    /** Takes the steps for events, each step once. */
    void handle(List<EventEnvelope> events) {
        for (EventEnvelope envelope : events) {
            DomainEvent event = Inputs.decode(envelope, process.eventTypes());
            ProcessHandlers.Input<S> input =
                    event == null ? null : process.handlers().input(event.getClass());
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
        Instant replaced = metadata.timestamp().plus(ProcessSettings.DEPLOYMENT);
        for (boolean first = true; ; first = false) {
            try {
                take(id, cause, key, metadata, event);
                return;
            } catch (StreamDeletedException e) {
                rethrowUnlessOf(stream, e);
                log.info("event of a deleted process instance skipped instance={} {}", stream, metadata);
                return;
            } catch (NewerProgramException e) {
                boolean waits = settings.now().isBefore(replaced) && pause.test(ProcessSettings.DEPLOYMENT_PAUSE);
                if (!waits) {
                    throw e;
                }
                if (first) {
                    log.warn("event waits for a newer program instance={} reason=\"{}\"", stream, e.getMessage());
                }
            }
        }
    }

    private void take(String id, Cause cause, DerivedKey key, EventMetadata metadata, DomainEvent event) {
        StreamId stream = process.stream(id);
        Optional<Taken> taken =
                streams.append(stream, key, instance -> InstanceStreams.causedBy(metadata), instance -> {
                    List<ProcessEvent> decided = decider.input(instance, id, cause, event, settings.now());
                    if (decided.isEmpty() && decider.couldTakeEffectLater(instance, cause)) {
                        streams.ignore(stream, key);
                    }
                    return decided;
                });
        if (taken.isEmpty()) {
            counters.repeatedInputs.increment();
        }
        taken.ifPresent(effects::perform);
    }

    private static void rethrowUnlessOf(StreamId instance, StreamDeletedException deleted) {
        if (!deleted.stream().equals(instance)) {
            throw deleted; // a handler has read it
        }
    }

    /** Fires a timer. It takes effect once, and only if the instance still has it. */
    void ring(ProcessTimer timer) {
        if (timer.due().isAfter(settings.now())) {
            return; // it fired early, and stays stored
        }
        try {
            ringDue(timer);
        } catch (StreamDeletedException e) {
            rethrowUnlessOf(timer.stream(), e);
            log.info("timer of a deleted process instance removed instance={}", timer.stream());
            counters.timersObsolete.increment();
            timers.remove(timer);
        }
    }

    private void ringDue(ProcessTimer timer) {
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
                effects.send(timer.stream(), command).ifPresent(effects::perform);
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
            counters.lateMillis.add(
                    Duration.between(timer.due(), settings.now()).toMillis());
            effects.perform(taken.get());
        } else {
            counters.timersObsolete.increment();
        }
        if (taken.isEmpty() || !taken.get().removes(timer.key())) {
            timers.remove(timer);
        }
    }

    /** Parks an instance whose timer cannot be handled. */
    void park(ProcessTimer timer, Throwable failure) {
        try {
            streams.append(
                            timer.stream(),
                            null,
                            instance -> InstanceStreams.after(instance.last(), timer.key()),
                            instance -> parked(instance, timer.key(), failure))
                    .ifPresent(effects::count);
        } catch (StreamDeletedException e) {
            log.debug("instance not parked because it was deleted instance={}", timer.stream());
        }
        timers.remove(timer);
    }

    private static List<ProcessEvent> parked(Instance instance, String key, Throwable failure) {
        String error = failure instanceof NewerProgramException newer
                ? String.valueOf(newer.getMessage())
                : failure.getClass().getName();
        TimerSet set = instance.timer(key);
        if (set != null) {
            return instance.parked().containsKey(key)
                    ? List.of()
                    : List.of(new InstanceParked(key, set.name(), error, true));
        }
        return instance.unanswered().values().stream()
                .filter(command ->
                        command.next() != null && command.next().key().equals(key))
                .map(Pending::command)
                .<ProcessEvent>map(command -> new InstanceParked(command.key(), command.name(), error, false))
                .toList();
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
        Optional<RuntimeException> failure = StepEffects.attempt(() -> timersOf(instance)
                .filter(timer ->
                        keys.contains(timer.key()) || (keys.contains(ALL) && instance.timer(timer.key()) != null))
                .forEach(timer -> effects.set(stream, timer)));
        for (Pending command : List.copyOf(instance.unanswered().values())) {
            TimerSet next = command.next();
            boolean waits = next != null
                    || instance.parked().containsKey(command.command().key());
            if (!waits && (keys.contains(command.command().key()) || keys.contains(ALL))) {
                effects.send(stream, command).ifPresent(effects::perform);
            }
        }
        failure.ifPresent(e -> {
            throw e;
        });
    }

    /** Returns the timers that were set by steps, and those that send commands again. */
    private static Stream<TimerSet> timersOf(Instance instance) {
        Stream<TimerSet> resends =
                instance.unanswered().values().stream().flatMap(command -> Stream.ofNullable(command.next()));
        return Stream.concat(List.copyOf(instance.timers().values()).stream(), resends);
    }

    /** Restores the timers of all instances from the process streams, and returns how many were set. */
    long restoreTimers() {
        LongAdder restored = new LongAdder();
        streams.forEach(process.name(), instance -> {
            List<TimerSet> set = timersOf(instance).toList();
            set.forEach(timer -> timers.restore(new ProcessTimer(instance.stream(), timer.key(), timer.due())));
            restored.add(set.size());
        });
        return restored.sum();
    }

    /** Retries the work for which an instance is parked. */
    boolean retry(StreamId stream) {
        Optional<Taken> taken = streams.append(
                stream,
                null,
                instance -> InstanceStreams.after(instance.last(), "retry"),
                instance -> decider.retry(instance, settings.now()));
        taken.ifPresent(effects::perform);
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
        taken.ifPresent(effects::count);
        return taken.isPresent();
    }

    Optional<ProcessInstance> find(String id) {
        StreamId stream = process.stream(id);
        return ProcessInstance.of(stream, streams.history(stream));
    }

    ProcessManager<S> process() {
        return process;
    }

    ProcessCounters counters() {
        return counters;
    }
}
