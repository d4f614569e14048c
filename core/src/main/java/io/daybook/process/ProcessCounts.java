package io.daybook.process;

import java.time.Duration;

/**
 * Counts of the work that a runner has done for one process or reaction. Returned by {@link ProcessRunner#counts
 * ProcessRunner.counts}.
 *
 * @param started the number of instances that were started
 * @param completed the number of instances that a step ended
 * @param neverStarted the number of instances whose starting event did not arrive in time
 * @param canceled the number of instances that an operator ended
 * @param parked the number of times that an instance was parked
 * @param steps the number of steps that were taken
 * @param repeatedInputs the number of events that had no effect because they were redelivered or ignored
 * @param commandsSent the number of times that a command was sent, including repetitions
 * @param duplicates the number of times that the target recognized a command as a duplicate
 * @param rejected the number of commands that were rejected
 * @param unanswered the number of times that a command was sent but got no answer
 * @param timersFired the number of timers that fired and took effect
 * @param timersObsolete the number of timers that fired without effect, because they had fired before or were canceled
 * @param late the total delay of the timers that took effect, measured from their due times
 */
public record ProcessCounts(
        long started,
        long completed,
        long neverStarted,
        long canceled,
        long parked,
        long steps,
        long repeatedInputs,
        long commandsSent,
        long duplicates,
        long rejected,
        long unanswered,
        long timersFired,
        long timersObsolete,
        Duration late) {}
