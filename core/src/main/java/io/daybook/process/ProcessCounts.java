package io.daybook.process;

import java.time.Duration;

/**
 * The counts of one process or reaction in this program since it was started. Returned by
 * {@link ProcessRunner#counts ProcessRunner.counts}.
 *
 * @param started instances that were started
 * @param completed instances that a step ended
 * @param neverStarted instances whose starting event did not arrive in time
 * @param canceled instances that an operator ended
 * @param parked how often an instance was parked
 * @param steps steps that were taken
 * @param repeatedInputs events that were redelivered, and had no second effect
 * @param commandsSent how often a command was sent
 * @param duplicates how often the target recognized a command as a duplicate
 * @param rejected commands that were rejected
 * @param unanswered how often a command was not answered
 * @param timersRung timers that took effect
 * @param timersObsolete timers that fired twice or after they were canceled, and had no effect
 * @param late the total delay of the timers that took effect, each from its due time to its effect
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
        long timersRung,
        long timersObsolete,
        Duration late) {}
