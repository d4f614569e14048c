package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.Cause;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessEvent.TimerSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks the history of one instance with a separate model: each input, timer and answer takes effect once, and only if it may. */
final class ProcessCheck {

    private static final String RETRIED = ""; // the key of a timer that was retried

    private final Map<String, TimerSet> timers = new HashMap<>();
    private final Map<String, Boolean> answers = new HashMap<>();
    private final Set<String> unhandled = new HashSet<>();
    private final Set<String> parkedTimers = new HashSet<>();
    private final Set<String> sent = new HashSet<>();
    private final Set<String> inputs = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final Set<String> early = new HashSet<>();
    private boolean started;
    private boolean running;
    private boolean over;

    ProcessCheck(List<EventEnvelope> history) {
        history.forEach(event -> apply((ProcessEvent) event.event()));
    }

    private void apply(ProcessEvent event) {
        if (event instanceof StepTaken step) {
            apply(step);
        } else if (event instanceof CommandAnswered answer) {
            require(sent.contains(answer.key()), "an answer to a command that was not sent");
            require(answers.put(answer.key(), answer.accepted()) == null, "a second answer to a command");
            if (!answer.accepted()) {
                unhandled.add(answer.key());
            }
        } else if (event instanceof InputKept kept) {
            require(!running && !over, "an event that is kept after the start");
            require(inputs.add(kept.cause().key()), "an event that is kept twice, or after its step");
            early.add(kept.cause().key());
        } else if (event instanceof InstanceParked parked) {
            timers.values().stream()
                    .filter(timer -> timer.key().equals(parked.key()))
                    .forEach(timer -> parkedTimers.add(timer.name()));
        } else if (event instanceof InstanceRetried) {
            // its key is new
            parkedTimers.forEach(
                    name -> timers.computeIfPresent(name, (same, timer) -> new TimerSet(name, RETRIED, timer.due())));
            parkedTimers.clear();
        } else if (event instanceof InstanceEnded) {
            timers.clear();
            unhandled.clear();
            over = true;
            running = false;
        }
    }

    private void apply(StepTaken step) {
        if (over && step.cause().kind() == CauseKind.REJECTION) { // of a command that was in flight at the end
            require(!step.start() && !step.ended() && step.timers().isEmpty(), "a second end, or a timer after it");
        } else {
            require(step.start() != running, "a step that starts a running instance, or one before the start: " + step);
            require(!over, "a step after the end: " + step);
            started |= step.start();
            running = !step.ended();
            over = step.ended();
        }
        if (step.cause().kind() == CauseKind.EVENT) {
            boolean first =
                    early.remove(step.cause().key()) || inputs.add(step.cause().key());
            require(first, "a second step for an event: " + step);
        } else if (step.cause().kind() == CauseKind.TIMER) {
            require(
                    timers.values().removeIf(timer -> isOf(timer, step.cause())),
                    "a step for a timer that is not set: " + step);
        } else {
            require(unhandled.remove(step.cause().key()), "a compensation without rejection, or a second one");
        }
        step.canceledTimers().forEach(timers::remove);
        step.timers().forEach(timer -> timers.put(timer.name(), timer));
        step.commands().forEach(command -> require(sent.add(command.key()), "a command that is in two steps"));
        if (step.ended()) {
            timers.clear();
        }
    }

    private static boolean isOf(TimerSet timer, Cause cause) {
        return timer.key().equals(cause.key())
                || (timer.key().equals(RETRIED) && timer.name().equals(cause.name()));
    }

    private void require(boolean right, String what) {
        if (!right) {
            wrong.add(what);
        }
    }

    boolean isOver() {
        return over;
    }

    /** The rejections for which no step was taken. */
    Set<String> unhandled() {
        return unhandled;
    }

    /** The events that steps were taken for, and those that are kept. */
    Set<String> inputs() {
        return inputs;
    }

    /** Compares the answers with the effects at the target; all effects are of commands that were sent. */
    List<String> wrong(StreamId target, List<EventEnvelope> effects, Instant now) {
        Map<String, Integer> counts = new HashMap<>();
        effects.forEach(effect -> counts.merge(effect.metadata().commandId().orElse(""), 1, Integer::sum));
        counts.forEach((key, count) -> {
            require(sent.contains(key), "an effect of a command that no step sent, at " + target);
            require(count == 1, "a command with " + count + " effects, at " + target);
        });
        answers.forEach((key, accepted) -> require(
                accepted == counts.containsKey(key),
                "a command with accepted=" + accepted + " and effects " + counts.get(key)));
        require(!started || early.isEmpty(), "events that were kept until the start, and then lost: " + early);
        require(
                timers.values().stream().allMatch(timer -> timer.due().isAfter(now)),
                "a timer that has not fired: " + timers);
        return wrong;
    }
}
