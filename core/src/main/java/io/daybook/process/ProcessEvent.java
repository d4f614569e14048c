package io.daybook.process;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.serialization.EventSerializer;
import io.daybook.shredding.SubjectCipher;
import io.daybook.shredding.SubjectKeys;
import java.time.Instant;
import java.util.List;

/**
 * An event of a process stream. A process stream is the audit log of one instance. It records each step with its cause
 * and its commands, and the answers to the commands.
 *
 * <pre>{@code
 * EventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
 * }</pre>
 */
public sealed interface ProcessEvent extends DomainEvent {

    /**
     * {@return the serializer for a process store}
     */
    static EventSerializer serializer() {
        return new ProcessEventSerializer(null);
    }

    /**
     * Returns the serializer for the store of processes whose states name
     * {@linkplain ProcessManager.Builder#subjects subjects}. The serializer encrypts the state and the commands of each
     * step. Use the same serializer for the feed of the store.
     *
     * @param keys the keys of the subjects
     * @return the serializer
     */
    static EventSerializer serializer(SubjectKeys keys) {
        return new ProcessEventSerializer(SubjectCipher.of(keys));
    }

    /** The kinds of causes that a step can have. */
    enum CauseKind {
        /** An event of an aggregate. */
        EVENT,
        /** A timer. */
        TIMER,
        /** The rejection of a command. */
        REJECTION
    }

    /**
     * The cause of a step.
     *
     * @param kind the kind of the cause
     * @param name the type of the event, the name of the timer, or the name of the rejected command
     * @param key the key of the cause: the id of the event, the key of the timer, or the key of the command
     * @param aggregateType the aggregate type of the event; empty for other causes
     * @param aggregateId the aggregate id of the event; empty for other causes
     * @param sequenceNumber the sequence number of the event; 0 for other causes
     * @param at the time at which the event was raised, the timer was due, or the command was answered
     */
    record Cause(
            CauseKind kind,
            String name,
            String key,
            String aggregateType,
            String aggregateId,
            long sequenceNumber,
            Instant at) {}

    /**
     * A command that a step sends.
     *
     * @param name the name that the step gave to the command
     * @param key the command id, which is the idempotency key
     * @param type the name of the command type
     * @param version the version of the command's JSON
     * @param json the command as JSON
     */
    record SentCommand(String name, String key, String type, int version, String json) {

        @Override
        public String toString() {
            return name + "=" + type + " key=" + key;
        }
    }

    /**
     * A timer that was set.
     *
     * @param name the name of the timer
     * @param key the key of the timer
     * @param due the time at which the timer is due
     */
    record TimerSet(String name, String key, Instant due) {}

    /**
     * A step in which an event, a timer or a rejection took effect on an instance.
     *
     * @param instance the id of the instance
     * @param cause the event, timer or rejection that caused the step
     * @param start whether the step started the instance
     * @param stateVersion the version of the state's JSON
     * @param state the state after the step, as JSON; empty if the process has not set a state
     * @param commands the commands that the step sends
     * @param timers the timers that the step sets; each timer replaces an earlier timer with the same name
     * @param canceledTimers the names of the timers that the step cancels
     * @param ended whether the step ended the instance
     * @param subjects the subjects under whose keys the state and the commands are encrypted; empty if they are not
     *     encrypted
     */
    @EventType("StepTaken")
    record StepTaken(
            String instance,
            Cause cause,
            boolean start,
            int stateVersion,
            String state,
            List<SentCommand> commands,
            List<TimerSet> timers,
            List<String> canceledTimers,
            boolean ended,
            List<String> subjects)
            implements ProcessEvent {

        /** Returns whether the content is still encrypted because a key of the subjects was destroyed. */
        boolean isEncrypted() {
            return state.startsWith(ProcessEventSerializer.ENCRYPTED);
        }

        StepTaken with(String state, List<SentCommand> commands) {
            return new StepTaken(
                    instance, cause, start, stateVersion, state, commands, timers, canceledTimers, ended, subjects);
        }

        @Override
        public String toString() {
            return "StepTaken[" + instance + " " + cause + " commands=" + commands + " timers=" + timers + " ended="
                    + ended + "]";
        }
    }

    /**
     * An event that arrived before its instance was started and is kept until then.
     *
     * @param instance the id of the instance
     * @param cause the event
     * @param expiry the timer that ends the instance if it has not started by then
     */
    @EventType("InputKept")
    record InputKept(String instance, Cause cause, TimerSet expiry) implements ProcessEvent {}

    /**
     * The first answer to a command.
     *
     * @param key the key of the command
     * @param name the name of the command
     * @param accepted whether the command was accepted; otherwise it was rejected
     * @param error the class name of the exception with which the command was rejected; empty if the command was
     *     accepted
     */
    @EventType("CommandAnswered")
    record CommandAnswered(String key, String name, boolean accepted, String error) implements ProcessEvent {}

    /**
     * The postponement of a command that got no answer, or whose type is suspended. The command is sent again when the
     * timer is due.
     *
     * @param key the key of the command
     * @param attempts the number of attempts that got no answer
     * @param error the class name of the last exception
     * @param timer the timer that sends the command again
     */
    @EventType("CommandPostponed")
    record CommandPostponed(String key, int attempts, String error, TimerSet timer) implements ProcessEvent {}

    /**
     * The parking of an instance that needs an operator's attention.
     *
     * @param key the key of the command or timer that needs attention
     * @param name the name of the command or timer
     * @param error the class name of the exception, or another reason
     * @param timer whether a timer needs attention; otherwise a command does
     */
    @EventType("InstanceParked")
    record InstanceParked(String key, String name, String error, boolean timer) implements ProcessEvent {}

    /** An operator's retry of the commands and timers for which the instance was parked. */
    @EventType("InstanceRetried")
    record InstanceRetried() implements ProcessEvent {}

    /**
     * The end of an instance without a step.
     *
     * @param state {@link InstanceState#CANCELED}, {@link InstanceState#NEVER_STARTED} or {@link InstanceState#SHREDDED}
     */
    @EventType("InstanceEnded")
    record InstanceEnded(InstanceState state) implements ProcessEvent {}
}
