package io.daybook.process;

import io.daybook.command.EncodedCommand;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.CommandDispatch.Sent;
import io.daybook.process.Instance.Pending;
import io.daybook.process.InstanceStreams.Taken;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import io.daybook.subscription.FailurePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The effects of the steps of one process: sets timers, sends commands, and records their answers. */
final class StepEffects {

    private static final Logger log = LoggerFactory.getLogger(ProcessWorker.class);
    private static final int MAX_ROUNDS = 20;
    private static final String TOO_OLD = "the command is older than the retention of idempotency keys minus one day";

    private final ProcessManager<?> process;
    private final Decider<?> decider;
    private final InstanceStreams streams;
    private final TimerStore timers;
    private final CommandDispatch dispatch;
    private final ProcessSettings settings;
    private final ProcessCounters counters;

    StepEffects(
            ProcessManager<?> process,
            Decider<?> decider,
            InstanceStreams streams,
            TimerStore timers,
            CommandDispatch dispatch,
            ProcessSettings settings,
            ProcessCounters counters) {
        this.process = process;
        this.decider = decider;
        this.streams = streams;
        this.timers = timers;
        this.dispatch = dispatch;
        this.settings = settings;
        this.counters = counters;
    }

    /**
     * Carries out a step that was appended: sets its timers and sends its commands. Failures are logged and left to
     * {@link ProcessWorker#recover}, since the step is stored and is not taken again.
     */
    void perform(Taken first) {
        Deque<Taken> todo = new ArrayDeque<>(List.of(first));
        for (int round = 0; !todo.isEmpty() && round < MAX_ROUNDS; round++) {
            Taken taken = todo.remove();
            count(taken);
            try {
                perform(taken, todo);
            } catch (RuntimeException e) {
                log.warn(
                        "process step not completed, will be resumed by the recovery process={} instance={}",
                        process.name(),
                        taken.instance().stream(),
                        e);
            }
        }
    }

    private void perform(Taken taken, Deque<Taken> todo) {
        Optional<RuntimeException> failure = attempt(() -> changeTimers(taken));
        Instance instance = taken.instance();
        boolean retried = taken.processEvents().anyMatch(InstanceRetried.class::isInstance);
        Set<String> sent = new LinkedHashSet<>();
        taken.processEvents().forEach(event -> {
            if (event instanceof StepTaken step) {
                step.commands().forEach(command -> sent.add(command.key()));
            }
        });
        for (Pending command : List.copyOf(instance.unanswered().values())) {
            if (sent.contains(command.command().key()) || (retried && command.next() == null)) {
                send(instance.stream(), command).ifPresent(todo::add);
            }
        }
        failure.ifPresent(e -> {
            throw e;
        });
    }

    /** Returns the failure of a change of timers. Commands do not wait until the timer store works again. */
    static Optional<RuntimeException> attempt(Runnable change) {
        try {
            change.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    private void changeTimers(Taken taken) {
        Instance instance = taken.instance();
        StreamId stream = instance.stream();
        taken.processEvents().flatMap(StepEffects::timersOf).forEach(timer -> {
            boolean set = instance.timer(timer.key()) != null
                    || instance.unanswered().values().stream().anyMatch(command -> timer.equals(command.next()));
            if (set) {
                set(stream, timer);
            }
        });
        taken.obsolete().forEach(timer -> timers.remove(new ProcessTimer(stream, timer.key(), timer.due())));
        if (taken.processEvents().anyMatch(InstanceRetried.class::isInstance)) {
            instance.timers().values().forEach(timer -> set(stream, timer));
        }
    }

    void set(StreamId stream, TimerSet timer) {
        timers.set(new ProcessTimer(stream, timer.key(), timer.due()));
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
    Optional<Taken> send(StreamId stream, Pending command) {
        if (isTooOld(command)) {
            return parkTooOld(stream, command);
        }
        EncodedCommand encoded = new EncodedCommand(
                command.command().type(),
                command.command().version(),
                command.command().json());
        int left = process.attempts(command.command().name()) - command.attempts();
        Sent sent = dispatch.send(
                encoded,
                new DerivedKey(command.command().key()),
                command.step(),
                Math.min(ProcessSettings.ATTEMPTS, left));
        Answer answer = sent.answer();
        if (answer.kind() == Answer.Kind.NONE) {
            return append(stream, command, instance -> postponed(instance, command, answer.error(), sent.attempts()));
        }
        boolean accepted = answer.kind() == Answer.Kind.ACCEPTED;
        try {
            return append(
                    stream,
                    command,
                    instance -> decider.answer(
                            instance, command.command().key(), accepted, answer.error(), settings.now()));
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            if (accepted || isTransient(e)) {
                throw e;
            }
            boolean postponed = e instanceof NewerProgramException || !FailurePolicy.isOfEvent(e);
            log.warn("handling the rejection of a command failed process={} instance={}", process.name(), stream, e);
            String failure = e.getClass().getName();
            return append(
                    stream,
                    command,
                    postponed
                            ? instance -> postponed(instance, command, failure, sent.attempts())
                            : instance -> parked(instance, command, answer.error(), failure));
        }
    }

    /** Returns whether the target may have forgotten that the command took effect, at an attempt whose reply was lost. */
    private boolean isTooOld(Pending command) {
        Instant oldest = settings.now().minus(settings.keysAreSafeFor());
        return command.step().timestamp().isBefore(oldest);
    }

    private Optional<Taken> parkTooOld(StreamId stream, Pending command) {
        SentCommand sent = command.command();
        return append(
                stream,
                command,
                instance -> instance.unanswered().containsKey(sent.key())
                                && !instance.parked().containsKey(sent.key())
                        ? List.of(new InstanceParked(sent.key(), sent.name(), TOO_OLD, false))
                        : List.of());
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof ConcurrencyException
                || (failure instanceof RuntimeException && !FailurePolicy.isOfEvent(failure));
    }

    private Optional<Taken> append(StreamId stream, Pending command, Function<Instance, List<ProcessEvent>> decision) {
        try {
            return streams.append(
                    stream,
                    null,
                    instance -> InstanceStreams.after(
                            command.step(), command.command().key()),
                    decision);
        } catch (StreamDeletedException e) {
            return Optional.empty();
        }
    }

    /** Returns the events for a rejection whose compensation cannot be stored. An operator can retry it. */
    private static List<ProcessEvent> parked(Instance instance, Pending command, String error, String failure) {
        String key = command.command().key();
        String name = command.command().name();
        return instance.unanswered().containsKey(key)
                ? List.of(new CommandAnswered(key, name, false, error), new InstanceParked(key, name, failure, false))
                : List.of();
    }

    private List<ProcessEvent> postponed(Instance instance, Pending command, String error, int attempts) {
        String key = command.command().key();
        Pending current = instance.unanswered().get(key);
        if (current == null
                || !Objects.equals(current.next(), command.next())
                || current.attempts() != command.attempts()
                || instance.parked().containsKey(key)) {
            return List.of();
        }
        Instant now = settings.now();
        boolean late = !now.isBefore(current.since().plus(settings.parkUnansweredAfter()));
        int sum = current.attempts() + attempts;
        if (late || sum >= process.attempts(command.command().name())) {
            return List.of(new InstanceParked(key, command.command().name(), error, false));
        }
        Instant due = now.plus(attempts == 0 ? delayUnsent(current, now) : delayAfter(sum));
        String timer = DerivedKey.of("resend", key, Integer.toString(sum), due.toString())
                .text();
        return List.of(new CommandPostponed(key, sum, error, new TimerSet(Instance.RESEND, timer, due)));
    }

    private Duration delayAfter(int attempts) {
        int groups = (attempts + ProcessSettings.ATTEMPTS - 1) / ProcessSettings.ATTEMPTS;
        return settings.resendBackoff().after(groups);
    }

    /** Returns the delay of a command that was not sent, because its target is slow. It doubles each time. */
    private Duration delayUnsent(Pending command, Instant now) {
        Duration waited = Duration.between(command.since(), now).abs(); // the clock of another program may be ahead
        return ProcessSettings.pauseFor(waited, settings.resendBackoff());
    }

    void count(Taken taken) {
        taken.processEvents().forEach(event -> {
            if (event instanceof StepTaken step) {
                counters.steps.increment();
                counters.started.add(step.start() ? 1 : 0);
                counters.completed.add(step.ended() ? 1 : 0);
            } else if (event instanceof CommandPostponed postponed) {
                log.warn(
                        "command not answered, will be sent again process={} instance={} error={}",
                        process.name(),
                        taken.instance().stream(),
                        postponed.error());
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
