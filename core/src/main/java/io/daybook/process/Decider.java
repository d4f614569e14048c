package io.daybook.process;

import io.daybook.command.Command;
import io.daybook.command.EncodedCommand;
import io.daybook.event.DomainEvent;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamId;
import io.daybook.process.Instance.Pending;
import io.daybook.process.ProcessEvent.Cause;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides which events an input, a timer or an answer appends to the stream of an instance. Has no side effects. */
final class Decider<S> {

    private static final int MAX_EVENTS = 90; // they fit into one append
    private static final int MAX_COMPENSATED = 8; // the largest steps fit into one append as well

    private final ProcessManager<S> process;
    private final Function<Command, EncodedCommand> encoder;
    private final Function<Cause, Optional<DomainEvent>> events;

    /**
     * Creates a decider.
     *
     * @param process the process
     * @param encoder writes commands
     * @param events reads an event that was kept; empty if its stream was deleted
     */
    Decider(
            ProcessManager<S> process,
            Function<Command, EncodedCommand> encoder,
            Function<Cause, Optional<DomainEvent>> events) {
        this.process = process;
        this.encoder = encoder;
        this.events = events;
    }

    /** Handles the arrival of an event. */
    List<ProcessEvent> input(Instance instance, String id, Cause cause, DomainEvent event, Instant now) {
        ProcessHandlers.Input<S> input = process.handlers().input(event.getClass());
        if (input == null || instance.hasSeen(cause)) {
            return List.of();
        }
        boolean starts = input.starts() && (instance.isNew() || (instance.isOver() && process.restartable()));
        if (starts) {
            return start(instance, id, cause, input, event);
        }
        if (instance.isRunning() && !input.starts()) {
            return List.of(step(instance, cause, step -> input.handler().accept(step, event)));
        }
        return instance.isNew() && !process.earlyInputs().isZero() ? keep(instance, id, cause, now) : List.of();
    }

    /** Returns whether an event that was ignored could take effect on a later state, when it is redelivered. */
    boolean couldTakeEffectLater(Instance instance, Cause ignored) {
        return process.restartable() && !instance.isNew() && !instance.hasSeen(ignored);
    }

    private List<ProcessEvent> start(
            Instance instance, String id, Cause cause, ProcessHandlers.Input<S> input, DomainEvent event) {
        List<ProcessEvent> taken = new ArrayList<>();
        StreamId stream = instance.stream();
        Draft<S> draft =
                step(stream, id, null, cause, true, step -> input.handler().accept(step, event));
        taken.add(draft.step());
        for (Cause early : instance.kept()) {
            Optional<DomainEvent> kept = draft.step().ended() ? Optional.empty() : events.apply(early);
            ProcessHandlers.@Nullable Input<S> next =
                    kept.map(each -> process.handlers().input(each.getClass())).orElse(null);
            if (next != null) {
                draft = step(
                        stream,
                        id,
                        draft.state(),
                        early,
                        false,
                        step -> next.handler().accept(step, kept.get()));
                taken.add(draft.step());
            }
        }
        return taken;
    }

    private List<ProcessEvent> keep(Instance instance, String id, Cause cause, Instant now) {
        if (instance.kept().size() >= MAX_EVENTS) {
            throw new IllegalStateException("the instance " + instance.stream() + " was not started and already keeps "
                    + MAX_EVENTS + " events, the maximum: check the ids that the process derives from events");
        }
        Instant until = now.plus(process.earlyInputs());
        return List.of(new InputKept(
                id, cause, new TimerSet(Instance.EXPIRY, timerKey(instance.stream(), cause, Instance.EXPIRY), until)));
    }

    /** Handles a timer that fired. It takes effect only if the instance still has it. */
    List<ProcessEvent> timer(Instance instance, String key) {
        TimerSet timer = instance.timer(key);
        if (timer == null || instance.parked().containsKey(key)) {
            return List.of();
        }
        if (timer.name().equals(Instance.EXPIRY)) {
            return List.of(new InstanceEnded(InstanceState.NEVER_STARTED));
        }
        Consumer<Step<S>> handler = process.handlers().timer(timer.name());
        if (handler == null) {
            throw new NewerProgramException(
                    "the timer " + timer.name() + " has no handler in this version of the program");
        }
        Cause cause = new Cause(CauseKind.TIMER, timer.name(), key, "", "", 0, timer.due());
        return List.of(step(instance, cause, handler));
    }

    /** Handles the answer to a command. Only the first answer counts. */
    List<ProcessEvent> answer(Instance instance, String key, boolean accepted, String error, Instant now) {
        Pending command = instance.unanswered().get(key);
        if (command == null) {
            return List.of();
        }
        String name = command.command().name();
        List<ProcessEvent> taken = new ArrayList<>();
        taken.add(new CommandAnswered(key, name, accepted, error));
        if (!accepted) {
            taken.add(new Compensations(instance, now).decide(command, error));
        }
        return taken;
    }

    /**
     * Handles an operator's retry of a parked instance: its commands and timers, and rejections that are not handled.
     * The instance stays parked for rejections that no step handles.
     */
    List<ProcessEvent> retry(Instance instance, Instant now) {
        if (instance.parked().isEmpty()) {
            return List.of();
        }
        List<ProcessEvent> taken = new ArrayList<>();
        taken.add(new InstanceRetried());
        Compensations compensations = new Compensations(instance, now);
        for (InstanceParked parked : instance.parked().values()) {
            CommandAnswered rejection = instance.rejected().get(parked.key());
            Pending command = instance.rejectedCommand(parked.key());
            if (rejection != null && command != null && taken.size() <= MAX_EVENTS) {
                boolean full = compensations.steps == MAX_COMPENSATED; // the rest waits for the next retry
                taken.add(full ? parked : compensations.decide(command, rejection.error()));
            }
        }
        return taken;
    }

    /** The decisions of one append on rejected commands. Each is based on the state after the one before. */
    private final class Compensations {

        private final Instance instance;
        private final Instant now;
        private boolean completed;
        private @Nullable Draft<S> last;
        private int steps;

        Compensations(Instance instance, Instant now) {
            this.instance = instance;
            this.now = now;
            this.completed = instance.isCompleted();
        }

        ProcessEvent decide(Pending command, String error) {
            SentCommand sent = command.command();
            BiConsumer<Step<S>, Rejection> handler = process.handlers().rejection(sent.name());
            boolean ran = instance.isRunning() || completed; // it may end while a command is in flight
            boolean decidable = ran && !instance.hasLostState();
            if (handler == null || !decidable || instance.run() != command.run()) {
                return new InstanceParked(sent.key(), sent.name(), error, false);
            }
            Cause cause = new Cause(CauseKind.REJECTION, sent.name(), sent.key(), "", "", 0, now);
            Rejection rejection = new Rejection(sent.name(), sent.type(), error);
            try {
                S state = last == null ? state(instance) : last.state();
                Draft<S> draft = step(instance.stream(), instance.id(), state, cause, false, step -> {
                    handler.accept(step, rejection);
                    if (completed) {
                        step.requireAfterEnd();
                    }
                });
                last = draft;
                steps++;
                completed |= draft.step().ended();
                return draft.step();
            } catch (NewerProgramException e) {
                throw e; // a newer program may handle the rejection
            } catch (RuntimeException e) {
                return new InstanceParked(sent.key(), sent.name(), e.getClass().getName(), false);
            }
        }
    }

    private @Nullable S state(Instance instance) {
        if (instance.stateVersion() > process.codec().version()) {
            throw new NewerProgramException("the state has version " + instance.stateVersion()
                    + ", but this program knows only versions up to "
                    + process.codec().version());
        }
        return process.codec().read(instance.stateVersion(), instance.state());
    }

    private StepTaken step(Instance instance, Cause cause, Consumer<Step<S>> handler) {
        return step(instance.stream(), instance.id(), state(instance), cause, false, handler)
                .step();
    }

    private record Draft<S>(StepTaken step, @Nullable S state) {}

    private Draft<S> step(
            StreamId stream, String id, @Nullable S state, Cause cause, boolean start, Consumer<Step<S>> handler) {
        Step<S> step = new Step<>(id, cause.at(), state, process.handlers().timers());
        handler.accept(step);
        if (step.ended() && !step.timers().isEmpty()) {
            throw new IllegalStateException("a step of " + process.name() + " sets the timers "
                    + step.timers().keySet() + " and ends the instance: do only one of them");
        }
        List<SentCommand> commands = new ArrayList<>();
        step.commands().forEach((name, command) -> {
            EncodedCommand encoded = encoder.apply(command);
            String key = DerivedKey.of("command", stream.toString(), cause.key(), name)
                    .text();
            commands.add(new SentCommand(name, key, encoded.type(), encoded.version(), encoded.json()));
        });
        List<TimerSet> timers = new ArrayList<>();
        step.timers().forEach((name, due) -> timers.add(new TimerSet(name, timerKey(stream, cause, name), due)));
        StepTaken taken = new StepTaken(
                id,
                cause,
                start,
                process.codec().version(),
                process.codec().write(step.stateOrNull()),
                commands,
                timers,
                List.copyOf(step.canceled()),
                step.ended(),
                process.subjects(step.stateOrNull()));
        return new Draft<>(taken, step.stateOrNull());
    }

    private static String timerKey(StreamId stream, Cause cause, String name) {
        return DerivedKey.of("timer", stream.toString(), cause.key(), name).text();
    }
}
