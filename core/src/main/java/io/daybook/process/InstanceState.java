package io.daybook.process;

/**
 * The state of a process instance.
 *
 * <pre>{@code
 * Filter stuck = Filter.where("state").is(InstanceState.PARKED).orderBy("changed");
 * }</pre>
 */
public enum InstanceState {
    /** The instance has not started yet. Events that arrived early are kept until it starts. */
    WAITING,
    /** The instance was started and has not ended. */
    RUNNING,
    /** A command or a timer needs an operator's attention. The instance was started and may have ended. */
    PARKED,
    /** A step ended the instance. */
    COMPLETED,
    /** An operator ended the instance. */
    CANCELED,
    /** Events were kept, but no event that starts the instance arrived in time. */
    NEVER_STARTED,
    /**
     * The instance ended because the key of one of its subjects was destroyed, so its state or a command can no longer
     * be read.
     */
    SHREDDED
}
