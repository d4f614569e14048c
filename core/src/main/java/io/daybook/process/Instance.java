package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.Cause;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state of an instance, folded from its process stream. Not thread-safe. */
final class Instance {

    /** The name of the timer that ends an instance that was never started. */
    static final String EXPIRY = "daybook:expiry";

    /** The name of the timers that send a command again. */
    static final String RESEND = "daybook:resend";

    /** A command without an answer, or one whose rejection is not handled. */
    record Pending(
            SentCommand command,
            int run,
            EventMetadata step,
            Instant since,
            int attempts,
            @Nullable TimerSet next) {

        private Pending next(int attempts, @Nullable TimerSet next) {
            return new Pending(command, run, step, since, attempts, next);
        }
    }

    /** The events of a source stream for which steps were taken. */
    private static final class Seen {
        private final Set<Long> numbers = new HashSet<>();
        private long latest;
        private Instant until = Instant.MIN;

        private void add(Cause cause) {
            numbers.add(cause.sequenceNumber());
            latest = Math.max(latest, cause.sequenceNumber());
            until = cause.at().isAfter(until) ? cause.at() : until; // clocks differ
        }

        private boolean hasPassed(Cause cause) {
            return cause.sequenceNumber() < latest
                    && !numbers.contains(cause.sequenceNumber())
                    && !cause.at().isAfter(until);
        }
    }

    private final StreamId stream;
    private final Map<String, Pending> unanswered = new LinkedHashMap<>();
    private final Map<String, CommandAnswered> rejected = new LinkedHashMap<>();
    private final Map<String, Pending> answeredCommands = new LinkedHashMap<>();
    private final Map<String, TimerSet> timers = new LinkedHashMap<>();
    private final Set<String> inputs = new HashSet<>();
    private final Map<StreamId, Seen> seen = new HashMap<>();
    private final List<Cause> kept = new ArrayList<>();
    private final Map<String, InstanceParked> parked = new LinkedHashMap<>();
    private String id = "";
    private long version;
    private int run;
    private @Nullable InstanceState phase;
    private int stateVersion = 1;
    private String state = "";
    private boolean stateEncrypted;
    private @Nullable EventMetadata last;

    Instance(StreamId stream) {
        this.stream = stream;
    }

    void apply(EventEnvelope envelope) {
        EventMetadata metadata = envelope.metadata();
        version = metadata.sequenceNumber();
        last = metadata;
        apply((ProcessEvent) envelope.event(), metadata);
    }

    private void apply(ProcessEvent event, EventMetadata metadata) {
        if (event instanceof StepTaken step) {
            stepTaken(step, metadata);
        } else if (event instanceof InputKept input) {
            id = input.instance();
            phase = InstanceState.WAITING;
            kept.add(input.cause());
            inputs.add(input.cause().key());
            timers.put(EXPIRY, input.expiry());
        } else if (event instanceof CommandAnswered answered) {
            Pending command = unanswered.remove(answered.key());
            if (!answered.accepted() && command != null) {
                answeredCommands.put(answered.key(), command);
                rejected.put(answered.key(), answered);
            }
        } else if (event instanceof CommandPostponed postponed) {
            unanswered.computeIfPresent(
                    postponed.key(), (key, command) -> command.next(postponed.attempts(), postponed.timer()));
        } else if (event instanceof InstanceParked why) {
            parked.put(why.key(), why);
            unanswered.computeIfPresent(why.key(), (key, command) -> command.next(command.attempts(), null));
        } else if (event instanceof InstanceRetried) {
            timers.replaceAll((name, timer) -> parked.containsKey(timer.key()) ? again(timer, metadata) : timer);
            parked.keySet().retainAll(rejected.keySet()); // until a step handles them
            unanswered.replaceAll((key, command) ->
                    new Pending(command.command(), command.run(), command.step(), metadata.timestamp(), 0, null));
        } else if (event instanceof InstanceEnded ended) {
            phase = ended.state();
            kept.clear();
            timers.clear();
            unanswered.clear();
            rejected.clear();
        }
        parked.keySet()
                .removeIf(key -> !unanswered.containsKey(key) && !rejected.containsKey(key) && timer(key) == null);
    }

    private void stepTaken(StepTaken step, EventMetadata metadata) {
        id = step.instance();
        stateVersion = step.stateVersion();
        stateEncrypted = step.isEncrypted();
        state = stateEncrypted ? "" : step.state();
        see(step.cause());
        if (step.start()) {
            phase = InstanceState.RUNNING;
            run++;
            kept.clear();
            timers.clear();
        }
        if (step.cause().kind() == CauseKind.TIMER) {
            timers.values().removeIf(timer -> timer.key().equals(step.cause().key()));
        } else if (step.cause().kind() == CauseKind.REJECTION) {
            rejected.remove(step.cause().key());
            answeredCommands.remove(step.cause().key());
        }
        step.canceledTimers().forEach(timers::remove);
        step.timers().forEach(timer -> timers.put(timer.name(), timer));
        step.commands()
                .forEach(command -> unanswered.put(
                        command.key(), new Pending(command, run, metadata, metadata.timestamp(), 0, null)));
        if (step.ended()) {
            phase = InstanceState.COMPLETED;
            timers.clear();
        }
    }

    /** A retried timer has a new key, because a worker may still be about to remove the parked one from the timer store. */
    private static TimerSet again(TimerSet parked, EventMetadata retry) {
        String key = DerivedKey.of("retry", parked.key(), retry.eventId()).text();
        return new TimerSet(parked.name(), key, parked.due());
    }

    private void see(Cause cause) {
        if (cause.kind() == CauseKind.EVENT) {
            inputs.add(cause.key());
            seen.computeIfAbsent(source(cause), source -> new Seen()).add(cause);
        }
    }

    static StreamId source(Cause cause) {
        return StreamId.of(cause.aggregateType(), cause.aggregateId());
    }

    /**
     * Returns whether an event was taken or kept before, or was skipped because a step was taken for a later event of
     * its stream. An event with the sequence number of a taken event, or with a later timestamp, belongs to a different
     * history of the stream, for example after a failover.
     */
    boolean hasSeen(Cause cause) {
        Seen source = seen.get(source(cause));
        return inputs.contains(cause.key()) || (source != null && source.hasPassed(cause));
    }

    StreamId stream() {
        return stream;
    }

    String id() {
        return id;
    }

    long version() {
        return version;
    }

    boolean isNew() {
        return phase == null || phase == InstanceState.WAITING;
    }

    boolean isRunning() {
        return phase == InstanceState.RUNNING;
    }

    /** Returns whether the instance was ended by one of its steps. */
    boolean isCompleted() {
        return phase == InstanceState.COMPLETED;
    }

    /** Returns how many times the instance was started. */
    int run() {
        return run;
    }

    boolean isOver() {
        return !isNew() && !isRunning();
    }

    /** Returns whether its state, or a command without an answer, cannot be read because a key was destroyed. */
    boolean isShredded() {
        return (hasLostState() && (isRunning() || !rejected.isEmpty()))
                || unanswered.values().stream()
                        .anyMatch(pending -> pending.command().json().isEmpty());
    }

    /** Returns whether its state cannot be read because a key was destroyed. */
    boolean hasLostState() {
        return stateEncrypted;
    }

    /** Returns whether the instance has ended and nothing is left to do. */
    boolean isDone() {
        return isOver() && unanswered.isEmpty() && parked.isEmpty();
    }

    /** Returns the state that operators see; null if the stream has no events. */
    @Nullable
    InstanceState shownState() {
        if (isShredded()) {
            return InstanceState.SHREDDED;
        }
        return parked.isEmpty() ? phase : InstanceState.PARKED;
    }

    int stateVersion() {
        return stateVersion;
    }

    String state() {
        return state;
    }

    @Nullable
    EventMetadata last() {
        return last;
    }

    List<Cause> kept() {
        return kept;
    }

    Map<String, Pending> unanswered() {
        return unanswered;
    }

    /** Returns the rejections without a handler, or whose handler failed. The instance is parked for each. */
    Map<String, CommandAnswered> rejected() {
        return rejected;
    }

    @Nullable
    Pending rejectedCommand(String key) {
        return answeredCommands.get(key);
    }

    Map<String, TimerSet> timers() {
        return timers;
    }

    @Nullable
    TimerSet timer(String key) {
        return timers.values().stream()
                .filter(timer -> timer.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    Map<String, InstanceParked> parked() {
        return parked;
    }
}
