package io.daybook.process;

import io.daybook.event.EventMetadata;
import io.daybook.process.ProcessEvent.CommandAnswered;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.ProcessEvent.InputKept;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.InstanceRetried;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.projection.Projection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A summary of a process instance, used to find instances by state and age. See {@link ProcessRunner#instances
 * ProcessRunner.instances}.
 *
 * @param id the id of the instance
 * @param phase the state of the instance, ignoring whether it is parked
 * @param parked the commands and timers that need an operator's attention
 * @param since the time at which the instance started, or received its first event if it has not started yet
 * @param changed the time at which the instance last changed
 */
public record InstanceSummary(
        String id, InstanceState phase, List<InstanceParked> parked, Instant since, Instant changed) {

    /**
     * {@return {@link InstanceState#PARKED} if a command or timer is parked; otherwise, the phase}
     */
    public InstanceState state() {
        return parked.isEmpty() ? phase : InstanceState.PARKED;
    }

    static Projection<InstanceSummary> projection(ProcessManager<?> process) {
        String name = "process-" + process.name().toLowerCase(Locale.ROOT);
        return Projection.named(name, 1, process.name(), ProcessEvent.class, InstanceSummary.class)
                .on(StepTaken.class, InstanceSummary::stepTaken)
                .on(
                        InputKept.class,
                        (none, event, metadata) -> new InstanceSummary(
                                event.instance(),
                                InstanceState.WAITING,
                                List.of(),
                                none == null ? metadata.timestamp() : none.since,
                                metadata.timestamp()))
                .on(
                        CommandAnswered.class,
                        (instance, event, metadata) -> instance.without(Set.of(event.key()), metadata))
                .on(CommandPostponed.class, (instance, event, metadata) -> instance)
                .on(InstanceParked.class, InstanceSummary::with)
                .on(
                        InstanceRetried.class,
                        (instance, event, metadata) -> instance.in(instance.phase, List.of(), metadata))
                .on(InstanceEnded.class, (instance, event, metadata) -> instance.in(event.state(), List.of(), metadata))
                .index("state", InstanceSummary::state)
                .index("changed", InstanceSummary::changed)
                .index("since", InstanceSummary::since)
                .listedBy("changed", "state")
                .listedBy("since", "state")
                .build();
    }

    private static InstanceSummary stepTaken(InstanceSummary before, StepTaken step, EventMetadata metadata) {
        InstanceSummary instance = before == null || step.start()
                ? new InstanceSummary(
                        step.instance(),
                        InstanceState.RUNNING,
                        before == null ? List.of() : before.parked,
                        metadata.timestamp(),
                        metadata.timestamp())
                : before;
        Set<String> names =
                step.timers().stream().map(ProcessEvent.TimerSet::name).collect(Collectors.toSet());
        names.addAll(step.canceledTimers());
        List<InstanceParked> parked = instance.parked.stream()
                .filter(each -> !each.key().equals(step.cause().key()))
                .filter(each -> !each.timer() || !(step.ended() || step.start() || names.contains(each.name())))
                .toList();
        return instance.in(step.ended() ? InstanceState.COMPLETED : instance.phase, parked, metadata);
    }

    private InstanceSummary with(InstanceParked why, EventMetadata metadata) {
        List<InstanceParked> all = new ArrayList<>(parked);
        all.add(why);
        return in(phase, List.copyOf(all), metadata);
    }

    private InstanceSummary without(Set<String> keys, EventMetadata metadata) {
        return in(
                phase,
                parked.stream().filter(each -> !keys.contains(each.key())).toList(),
                metadata);
    }

    private InstanceSummary in(InstanceState phase, List<InstanceParked> parked, EventMetadata metadata) {
        return new InstanceSummary(id, phase, parked, since, metadata.timestamp());
    }
}
