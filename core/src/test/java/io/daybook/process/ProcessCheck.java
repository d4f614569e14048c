package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.InstanceEnded;
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

    private final Map<String, TimerSet> timers = new HashMap<>();
    private final Map<String, Boolean> answers = new HashMap<>();
    private final Set<String> sent = new HashSet<>();
    private final Set<String> inputs = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
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
        } else if (event instanceof InstanceEnded) {
            timers.clear();
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
            running = !step.ended();
            over = step.ended();
        }
        if (step.cause().kind() == CauseKind.EVENT) {
            require(inputs.add(step.cause().key()), "a second step for an event: " + step);
        } else if (step.cause().kind() == CauseKind.TIMER) {
            require(
                    timers.values()
                            .removeIf(timer -> timer.key().equals(step.cause().key())),
                    "a step for a timer that is not set: " + step);
        } else {
            require(Boolean.FALSE.equals(answers.get(step.cause().key())), "a compensation without rejection");
        }
        step.canceledTimers().forEach(timers::remove);
        step.timers().forEach(timer -> timers.put(timer.name(), timer));
        step.commands().forEach(command -> require(sent.add(command.key()), "a command that is in two steps"));
        if (step.ended()) {
            timers.clear();
        }
    }

    private void require(boolean right, String what) {
        if (!right) {
            wrong.add(what);
        }
    }

    boolean isRunning() {
        return running;
    }

    Set<String> inputs() {
        return inputs;
    }

    /** Compares the answers with the effects at the target; all effects are of commands that were sent. */
    List<String> wrong(StreamId target, List<EventEnvelope> effects, boolean atRest, Instant now) {
        Map<String, Integer> counts = new HashMap<>();
        effects.forEach(effect -> counts.merge(effect.metadata().commandId().orElse(""), 1, Integer::sum));
        counts.forEach((key, count) -> {
            require(sent.contains(key), "an effect of a command that no step sent, at " + target);
            require(count == 1, "a command with " + count + " effects, at " + target);
        });
        answers.forEach((key, accepted) -> require(
                accepted == counts.containsKey(key),
                "a command with accepted=" + accepted + " and effects " + counts.get(key)));
        if (atRest) {
            require(
                    timers.values().stream().allMatch(timer -> timer.due().isAfter(now)),
                    "a timer that has not fired: " + timers);
        }
        return wrong;
    }
}
