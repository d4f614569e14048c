package io.daybook.process;

import io.daybook.command.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A step of a process: the effect of an event, a timer or a rejection on an instance. The handlers of a {@link ProcessManager} receive a
 * step, set the state of the instance, and add commands and timers to the step. The state, the commands and the timers are stored together
 * in one append. A handler may run again after a conflict, so it must have no side effects. Not thread-safe. A step is valid only while the
 * handler runs.
 *
 * @param <S> the class of the state
 */
public final class Step<S> {

    private final String id;
    private final Instant now;
    private final Set<String> knownTimers;
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final Map<String, Instant> timers = new LinkedHashMap<>();
    private final Set<String> canceled = new LinkedHashSet<>();
    private @Nullable S state;
    private boolean ended;

    Step(String id, Instant now, @Nullable S state, Set<String> knownTimers) {
        this.id = id;
        this.now = now;
        this.state = state;
        this.knownTimers = knownTimers;
    }

    /**
     * {@return the id of the instance}
     */
    public String id() {
        return id;
    }

    /**
     * {@return the time at which the event was raised, the timer was due or the rejection arrived}
     */
    public Instant now() {
        return now;
    }

    /**
     * {@return the state of the instance}
     *
     * @throws IllegalStateException if the instance has no state yet; call {@link #become become} in the first step
     */
    public S state() {
        if (state == null) {
            throw new IllegalStateException("the instance has no state yet: call become in the step that starts it");
        }
        return state;
    }

    /**
     * Sets the state of the instance.
     *
     * @param state the new state, an immutable value
     * @return this step
     */
    public Step<S> become(S state) {
        this.state = Objects.requireNonNull(state, "state");
        return this;
    }

    /**
     * Sends a command once the step is stored.
     *
     * @param name the name of the command, unique within the step, 1 to 64 characters; rejections of the command are passed
     *     to the handler that was registered with {@link ProcessManager.Builder#onRejected onRejected} under this name
     * @param command the command, which must survive a round trip through JSON
     * @return this step
     * @throws IllegalArgumentException if the step already sends a command with that name, or the name is invalid
     */
    public Step<S> send(String name, Command command) {
        ProcessHandlers.requireName("the name of a command", name);
        if (commands.putIfAbsent(name, command) != null) {
            throw new IllegalArgumentException(
                    "the step sends two commands named " + name + ": give each a different name");
        }
        return this;
    }

    /**
     * Sets a timer relative to {@link #now()}. The timer replaces an earlier one with the same name.
     *
     * @param name the name of the timer, whose handler is registered with {@link ProcessManager.Builder#onTimer}
     * @param after the time from {@link #now()} until the timer is due, zero or more
     * @return this step
     * @throws IllegalArgumentException if the time is negative, or the timer has no handler
     */
    public Step<S> timer(String name, Duration after) {
        if (after.isNegative()) {
            throw new IllegalArgumentException(
                    "the delay of the timer " + name + " is " + after + ": use zero or more");
        }
        return timer(name, now.plus(after));
    }

    /**
     * Sets a timer. The timer replaces an earlier one with the same name.
     *
     * @param name the name of the timer, whose handler is registered with {@link ProcessManager.Builder#onTimer}
     * @param due the time at which the timer is due
     * @return this step
     * @throws IllegalArgumentException if the timer has no handler
     */
    public Step<S> timer(String name, Instant due) {
        if (!knownTimers.contains(name)) {
            throw new IllegalArgumentException(
                    "the timer " + name + " has no handler: add onTimer(\"" + name + "\", …)");
        }
        canceled.remove(name);
        timers.put(name, due);
        return this;
    }

    /**
     * Cancels a timer. Does nothing if the timer is not set.
     *
     * @param name the name of the timer
     * @return this step
     */
    public Step<S> cancelTimer(String name) {
        timers.remove(name);
        canceled.add(name);
        return this;
    }

    /**
     * Ends the instance. Its timers are canceled, and a step that ends the instance must not set timers. The commands
     * of this step and of earlier steps are still sent, and their rejections are handled.
     *
     * @return this step
     */
    public Step<S> end() {
        ended = true;
        return this;
    }

    /** Checks a step of an instance that has already ended. The step does not end the instance again. */
    void requireAfterEnd() {
        if (!timers.isEmpty()) {
            throw new IllegalStateException("a step after the end of the instance sets the timers " + timers.keySet()
                    + ": set timers only while the instance runs");
        }
        ended = false;
    }

    @Nullable
    S stateOrNull() {
        return state;
    }

    Map<String, Command> commands() {
        return commands;
    }

    Map<String, Instant> timers() {
        return timers;
    }

    Set<String> canceled() {
        return canceled;
    }

    boolean ended() {
        return ended;
    }
}
