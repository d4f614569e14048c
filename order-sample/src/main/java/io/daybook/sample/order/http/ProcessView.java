package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.event.EventEnvelope;
import io.daybook.process.InstanceState;
import io.daybook.process.InstanceSummary;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessEvent.CauseKind;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.ProcessInstance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a process with its steps. The content of commands is not shown.
 *
 * @param process the name of the process
 * @param id the id of the instance
 * @param state its state
 * @param timers the timers that are set
 * @param parked the commands and timers that require an operator
 * @param steps the steps, in order
 */
record ProcessView(
        String process, String id, InstanceState state, List<Timer> timers, List<Parked> parked, List<Step> steps) {

    /** A timer that is set. */
    record Timer(String name, Instant due) {}

    /** A command or a timer that requires an operator. */
    record Parked(String name, String error) {

        static Parked of(InstanceParked parked) {
            return new Parked(parked.name(), parked.error());
        }
    }

    /** The effect of an event, a timer or a rejection. */
    record Step(Instant at, CauseKind kind, String cause, List<Sent> commands, boolean ended) {}

    /**
     * A command of a step.
     *
     * @param answer whether the command was accepted or rejected; none if it has no answer yet
     * @param nextAttempt when it is sent again; null if it is not
     */
    record Sent(
            String name,
            String type,
            String answer,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String error,
            @Nullable Instant nextAttempt) {}

    /** An instance in a list. */
    record Listed(String id, InstanceState state, Instant since, Instant changed, List<Parked> parked) {

        static Listed of(InstanceSummary instance) {
            return new Listed(
                    instance.id(),
                    instance.state(),
                    instance.since(),
                    instance.changed(),
                    instance.parked().stream().map(Parked::of).toList());
        }
    }

    /** A page of a list of instances. */
    record InstanceList(List<Listed> instances, @Nullable String next) {}

    static ProcessView of(String process, ProcessInstance instance) {
        Map<String, ProcessEvent> last = new HashMap<>();
        for (EventEnvelope event : instance.history()) {
            if (event.event() instanceof CommandAnswered answered) {
                last.put(answered.key(), answered);
            } else if (event.event() instanceof CommandPostponed postponed) {
                last.put(postponed.key(), postponed);
            } else if (event.event() instanceof InstanceParked parked) {
                last.merge(parked.key(), parked, (before, now) -> before instanceof CommandAnswered ? before : now);
            } else if (event.event() instanceof InstanceRetried || event.event() instanceof InstanceEnded) {
                last.values().removeIf(before -> !(before instanceof CommandAnswered));
            }
        }
        return new ProcessView(
                process,
                instance.id(),
                instance.state(),
                instance.timers().stream()
                        .map(timer -> new Timer(timer.name(), timer.due()))
                        .toList(),
                instance.parked().stream().map(Parked::of).toList(),
                instance.history().stream()
                        .filter(event -> event.event() instanceof StepTaken)
                        .map(event -> step(event, last))
                        .toList());
    }

    private static Step step(EventEnvelope event, Map<String, ProcessEvent> last) {
        StepTaken step = (StepTaken) event.event();
        return new Step(
                event.metadata().timestamp(),
                step.cause().kind(),
                step.cause().name(),
                step.commands().stream()
                        .map(command -> sent(command, last.get(command.key())))
                        .toList(),
                step.ended());
    }

    private static Sent sent(SentCommand command, @Nullable ProcessEvent last) {
        String answer = "none";
        String error = "";
        Instant next = null;
        if (last instanceof CommandAnswered answered) {
            answer = answered.accepted() ? "accepted" : "rejected";
            error = answered.error();
        } else if (last instanceof CommandPostponed postponed) {
            error = postponed.error();
            next = postponed.timer().due();
        } else if (last instanceof InstanceParked parked) {
            error = parked.error();
        }
        return new Sent(command.name(), command.type(), answer, error, next);
    }
}
