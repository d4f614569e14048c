package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.TimerSet;
import java.util.List;
import java.util.Optional;

/**
 * An instance of a process, with its history, for operators. Returned by {@link ProcessRunner#find ProcessRunner.find}.
 * Its {@link #toString()} omits the state and the commands, which may contain personal data.
 *
 * <pre>{@code
 * runner.find(ORDER_EXPIRY, "42").ifPresent(instance ->
 *         instance.history().forEach(event -> System.out.println(event.metadata().timestamp() + " " + event.event())));
 * }</pre>
 *
 * @param id the id of the instance
 * @param state the state that is shown to operators
 * @param content the process-specific state as JSON; empty if there is none
 * @param unanswered the commands that have no answer yet
 * @param timers the timers that are set
 * @param parked the commands and timers that need an operator's attention
 * @param history the events of the process stream, such as steps and answers; each is a {@link ProcessEvent}
 */
public record ProcessInstance(
        String id,
        InstanceState state,
        String content,
        List<SentCommand> unanswered,
        List<TimerSet> timers,
        List<InstanceParked> parked,
        List<EventEnvelope> history) {

    /** Folds the events of a process stream. Returns empty if there are none. */
    static Optional<ProcessInstance> of(StreamId stream, List<EventEnvelope> history) {
        Instance instance = new Instance(stream);
        history.forEach(instance::apply);
        return Optional.ofNullable(instance.shownState())
                .map(state -> new ProcessInstance(
                        instance.id(),
                        state,
                        instance.state(),
                        instance.unanswered().values().stream()
                                .map(Instance.Pending::command)
                                .toList(),
                        List.copyOf(instance.timers().values()),
                        List.copyOf(instance.parked().values()),
                        history));
    }

    @Override
    public String toString() {
        return "ProcessInstance[" + id + " " + state + " events=" + history.size() + "]";
    }
}
