package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
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
import io.daybook.process.ProcessEvent.TimerSet;
import io.daybook.process.ProcessInstance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance of a process with its steps. The content of commands is not shown. */
record ProcessView(
        String process,
        String id,
        InstanceState state,
        @JsonIgnoreProperties("key") List<TimerSet> timers,
        @JsonIgnoreProperties({"key", "timer"}) List<InstanceParked> parked,
        List<Step> steps) {

    /** An instance in a list. */
    record Listed(
            String id,
            InstanceState state,
            Instant since,
            Instant changed,
            @JsonIgnoreProperties({"key", "timer"}) List<InstanceParked> parked) {

        static Listed of(InstanceSummary instance) {
            return new Listed(instance.id(), instance.state(), instance.since(), instance.changed(), instance.parked());
        }
    }

    /** The effect of an event, a timer or a rejection. */
    record Step(Instant at, CauseKind kind, String cause, List<Sent> commands, boolean ended) {}

    /** A command of a step: accepted, rejected, or with no answer yet; it may be sent again. */
    record Sent(
            String name,
            String type,
            String answer,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String error,
            @Nullable Instant nextAttempt) {}

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
        List<Step> steps = instance.history().stream()
                .filter(event -> event.event() instanceof StepTaken)
                .map(event -> step(event, last))
                .toList();
        return new ProcessView(process, instance.id(), instance.state(), instance.timers(), instance.parked(), steps);
    }

    private static Step step(EventEnvelope event, Map<String, ProcessEvent> last) {
        StepTaken step = (StepTaken) event.event();
        List<Sent> commands = step.commands().stream()
                .map(command -> sent(command, last.get(command.key())))
                .toList();
        return new Step(
                event.metadata().timestamp(), step.cause().kind(), step.cause().name(), commands, step.ended());
    }

    private static Sent sent(SentCommand command, @Nullable ProcessEvent last) {
        if (last instanceof CommandAnswered answered) {
            String answer = answered.accepted() ? "accepted" : "rejected";
            return new Sent(command.name(), command.type(), answer, answered.error(), null);
        } else if (last instanceof CommandPostponed postponed) {
            Instant next = postponed.timer().due();
            return new Sent(command.name(), command.type(), "none", postponed.error(), next);
        }
        String error = last instanceof InstanceParked parked ? parked.error() : "";
        return new Sent(command.name(), command.type(), "none", error, null);
    }
}
