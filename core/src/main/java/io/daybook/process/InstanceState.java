package io.daybook.process;

/**
 * The states of an instance of a process.
 *
 * <pre>{@code
 * Filter stuck = Filter.where("state").is(InstanceState.PARKED).orderBy("changed");
 * }</pre>
 */
public enum InstanceState {
    /** Events arrived before the start, and are kept until then. */
    WAITING,
    /** It was started and has not ended. */
    RUNNING,
    /** A command or a timer needs an operator: the instance was started, and may have ended. */
    PARKED,
    /** One of its steps ended it. */
    COMPLETED,
    /** An operator ended it. */
    CANCELED,
    /** Events were kept, but no event that starts the instance arrived in time. */
    NEVER_STARTED,
    /** It ended because a key of its subjects was destroyed, so its state or a command cannot be read. */
    SHREDDED
}
