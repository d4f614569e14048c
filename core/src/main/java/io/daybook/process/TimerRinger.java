package io.daybook.process;

import io.daybook.DaybookException;
import io.daybook.subscription.FailurePolicy;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rings the timers that are due. A timer whose handler keeps failing parks its instance. Used by one thread. */
final class TimerRinger {

    private static final Logger log = LoggerFactory.getLogger(TimerRinger.class);
    private static final int PAGE = 100;
    private static final int MAX_COUNTED = 10_000;

    private final TimerStore timers;
    private final Map<String, ProcessWorker<?>> workers;
    private final Clock clock;
    private final Map<String, Integer> failures = new LinkedHashMap<>();

    TimerRinger(TimerStore timers, Map<String, ProcessWorker<?>> workers, Clock clock) {
        this.timers = timers;
        this.workers = workers;
        this.clock = clock;
    }

    /**
     * Rings one page of timers.
     *
     * @return whether more may be due: the page was full, and at least one timer was done
     */
    boolean ringPage() {
        List<ProcessTimer> due = timers.due(clock.instant(), PAGE);
        int done = 0;
        for (ProcessTimer timer : due) {
            ProcessWorker<?> worker = workers.get(timer.stream().aggregateType());
            if (worker != null && ring(worker, timer)) {
                done++;
            }
        }
        return due.size() == PAGE && done > 0;
    }

    private boolean ring(ProcessWorker<?> worker, ProcessTimer timer) {
        try {
            worker.ring(timer);
            failures.remove(timer.key());
            return true;
        } catch (Throwable e) { // as a subscription does: an error must not end the thread of all timers
            if (!FailurePolicy.isOfEvent(e)) {
                log.warn("timer not rung, will be retried stream={} reason=\"{}\"", timer.stream(), e.toString());
                return false;
            }
            log.warn("timer failed, will be retried stream={}", timer.stream(), e);
            return failed(worker, timer, e);
        }
    }

    private boolean failed(ProcessWorker<?> worker, ProcessTimer timer, Throwable failure) {
        int count = failures.merge(timer.key(), 1, Integer::sum);
        if (failures.size() > MAX_COUNTED) {
            failures.remove(failures.keySet().iterator().next());
        }
        if (count < ProcessSettings.HANDLER_ATTEMPTS) {
            return false;
        }
        try {
            worker.park(timer, failure);
            failures.remove(timer.key());
            return true;
        } catch (DaybookException e) {
            log.warn("instance not parked, will be retried stream={} reason=\"{}\"", timer.stream(), e.getMessage());
            return false;
        }
    }
}
