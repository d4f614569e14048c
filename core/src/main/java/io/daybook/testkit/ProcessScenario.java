package io.daybook.testkit;

import io.daybook.command.Command;
import io.daybook.event.DomainEvent;
import io.daybook.process.InstanceState;
import io.daybook.process.ProcessManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * A given-then test of a process manager: given events, and time that passes, then the process sends commands.
 *
 * <pre>{@code
 * ProcessScenario.of(ORDER_EXPIRY)
 *         .given(new OrderCreated("42", "alice"))
 *         .whenTimePasses(Duration.ofDays(30))
 *         .thenSends(new ShipOrder("42", "1Z999"));
 * }</pre>
 *
 * <p>Each scenario also runs checks that need no code in the test:
 *
 * <ul>
 *   <li>Repetitions have no effect: every event is delivered twice, and every timer fires when it is due and once more at the end of the
 *       scenario.
 *   <li>The state and the commands are equal after a round trip through JSON.
 *   <li>Events that arrive before the event that starts the instance cause no failure. This check runs only if the scenario begins with
 *       several events in one call of {@link #given}: the first of them is delivered last.
 * </ul>
 *
 * <p>Commands are accepted unless {@link #rejecting} selects them. The events of each class are in a separate stream,
 * which is named after the event type. Events, commands and states are written with the
 * {@linkplain ProcessManager.Builder#mapper mapper} of the process. Failed checks throw {@link AssertionError}. Not
 * thread-safe.
 */
public final class ProcessScenario {

    /** Events to deliver, or an amount of time that passes. */
    record Happening(List<DomainEvent> events, Duration time) {}

    private final ProcessManager<?> process;
    private final List<Happening> happenings;
    private final Predicate<Command> rejected;

    private ProcessScenario(ProcessManager<?> process, List<Happening> happenings, Predicate<Command> rejected) {
        this.process = process;
        this.happenings = happenings;
        this.rejected = rejected;
    }

    /**
     * Creates a scenario.
     *
     * @param process the process manager
     * @return the scenario
     */
    @CheckReturnValue
    public static ProcessScenario of(ProcessManager<?> process) {
        return new ProcessScenario(process, List.of(), command -> false);
    }

    /**
     * Rejects commands. Other commands are accepted.
     *
     * @param rejected returns whether a command is rejected
     * @return a scenario with these rejections
     */
    @CheckReturnValue
    public ProcessScenario rejecting(Predicate<Command> rejected) {
        return new ProcessScenario(process, happenings, rejected);
    }

    /**
     * Delivers events. Call this method again for events after {@link #whenTimePasses}.
     *
     * @param events events that the process handles, in order
     * @return a scenario with these events
     */
    @CheckReturnValue
    public ProcessScenario given(DomainEvent... events) {
        List<Happening> more = new ArrayList<>(happenings);
        more.add(new Happening(List.of(events), Duration.ZERO));
        return new ProcessScenario(process, more, rejected);
    }

    /**
     * Advances the clock and fires the timers that are due.
     *
     * @param time the amount of time
     * @return a scenario in which this time passes
     * @throws IllegalArgumentException if the time is negative
     */
    @CheckReturnValue
    public ProcessScenario whenTimePasses(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the time that passes is " + time + ": use zero or more");
        }
        List<Happening> more = new ArrayList<>(happenings);
        more.add(new Happening(List.of(), time));
        return new ProcessScenario(process, more, rejected);
    }

    /**
     * Runs the scenario and checks all commands that were sent since the first event.
     *
     * @param expected the commands, in order; none if nothing should be sent
     * @return the last phase
     * @throws AssertionError if other commands were sent, or one of the automatic checks fails
     */
    public Then thenSends(Command... expected) {
        if (!happenings.isEmpty() && happenings.get(0).events().size() > 1) {
            new ProcessScenarioRun(process, rejected).run(startLast());
        }
        ProcessScenarioRun run = new ProcessScenarioRun(process, rejected);
        run.run(happenings);
        if (!run.sent().equals(List.of(expected))) {
            throw new AssertionError("expected the commands " + List.of(expected) + "\nbut sent: " + run.sent());
        }
        return new Then(run);
    }

    private List<Happening> startLast() {
        List<DomainEvent> first = new ArrayList<>(happenings.get(0).events());
        Collections.rotate(first, -1);
        List<Happening> early = new ArrayList<>(happenings);
        early.set(0, new Happening(first, Duration.ZERO));
        return early;
    }

    /** The last phase of a scenario, which checks the instances. */
    public static final class Then {

        private final ProcessScenarioRun run;

        private Then(ProcessScenarioRun run) {
            this.run = run;
        }

        /**
         * Checks the state of an instance.
         *
         * @param id the id of the instance
         * @param expected the state
         * @return this phase
         * @throws AssertionError if the state is different or the instance does not exist
         */
        public Then thenState(String id, Object expected) {
            String json = run.json(expected);
            String content = run.instance(id).content();
            if (!content.equals(json)) {
                throw new AssertionError("expected the state " + json + "\nbut it is " + content);
            }
            return this;
        }

        /**
         * Checks that a step ended the instance, so that its state is {@link InstanceState#COMPLETED}. For other ends, see
         * {@link #thenIs}.
         *
         * @param id the id of the instance
         * @return this phase
         * @throws AssertionError if the lifecycle state is different or the instance does not exist
         */
        public Then thenEnded(String id) {
            return thenIs(id, InstanceState.COMPLETED);
        }

        /**
         * Checks the lifecycle state of an instance.
         *
         * @param id the id of the instance
         * @param expected the lifecycle state, as it is shown to operators
         * @return this phase
         * @throws AssertionError if the lifecycle state is different or the instance does not exist
         */
        public Then thenIs(String id, InstanceState expected) {
            InstanceState state = run.instance(id).state();
            if (state != expected) {
                throw new AssertionError("expected the instance " + id + " to be " + expected + "\nbut it is " + state);
            }
            return this;
        }
    }
}
