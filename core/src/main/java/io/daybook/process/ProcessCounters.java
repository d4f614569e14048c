package io.daybook.process;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one process or reaction does in this program. */
final class ProcessCounters {

    final LongAdder started = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder neverStarted = new LongAdder();
    final LongAdder canceled = new LongAdder();
    final LongAdder parked = new LongAdder();
    final LongAdder steps = new LongAdder();
    final LongAdder repeatedInputs = new LongAdder();
    final LongAdder commandsSent = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder unanswered = new LongAdder();
    final LongAdder timersFired = new LongAdder();
    final LongAdder timersObsolete = new LongAdder();
    final LongAdder lateMillis = new LongAdder();

    ProcessCounts counts() {
        return new ProcessCounts(
                started.sum(),
                completed.sum(),
                neverStarted.sum(),
                canceled.sum(),
                parked.sum(),
                steps.sum(),
                repeatedInputs.sum(),
                commandsSent.sum(),
                duplicates.sum(),
                rejected.sum(),
                unanswered.sum(),
                timersFired.sum(),
                timersObsolete.sum(),
                Duration.ofMillis(lateMillis.sum()));
    }
}
