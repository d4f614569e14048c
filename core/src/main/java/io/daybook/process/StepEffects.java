package io.daybook.process;

import io.daybook.command.EncodedCommand;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamId;
import io.daybook.process.Instance.Pending;
import io.daybook.process.InstanceStreams.Taken;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        taken.processEvents().flatMap(StepEffects::timersOf).forEach(timer -> {
            boolean set = instance.timer(timer.key()) != null
                    || instance.unanswered().values().stream().anyMatch(command -> timer.equals(command.next()));
            if (set) {
                set(stream, timer);
            }
        });
        taken.obsolete().forEach(timer -> timers.remove(new ProcessTimer(stream, timer.key(), timer.due())));
        boolean retried = taken.processEvents().anyMatch(InstanceRetried.class::isInstance);
        if (retried) {
            instance.timers().values().forEach(timer -> set(stream, timer));
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
                        : decider.answer(
                                instance, key, answer.kind() == Answer.Kind.ACCEPTED, answer.error(), settings.now()));
    }

    /** Returns whether the target may have forgotten that the command took effect, at an attempt whose reply was lost. */
    private boolean isTooOld(Pending command) {
        Instant oldest = settings.now().minus(settings.idempotencyKeyRetention().minusDays(1));
        return command.step().timestamp().isBefore(oldest);
    }

    private Optional<Taken> parkTooOld(StreamId stream, Pending command) {
        SentCommand sent = command.command();
        return streams.append(
                stream,
                null,
                instance -> InstanceStreams.after(command.step(), sent.key()),
                instance -> instance.unanswered().containsKey(sent.key())
                                && !instance.parked().containsKey(sent.key())
                        ? List.of(new InstanceParked(sent.key(), sent.name(), TOO_OLD, false))
                        : List.of());
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
        boolean late = !settings.now().isBefore(current.since().plus(settings.parkUnansweredAfter()));
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
                settings.now().plus(settings.resendBackoff().after(attempts)));
        return List.of(new CommandPostponed(key, attempts, error, next));
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
