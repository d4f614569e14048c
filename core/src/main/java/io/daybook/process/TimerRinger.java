package io.daybook.process;

import io.daybook.eventstore.Backoff;
import io.daybook.subscription.FailurePolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fires the timers that are due. A timer whose handler keeps failing parks its instance. Used by one thread. */
final class TimerRinger {

    private static final Logger log = LoggerFactory.getLogger(TimerRinger.class);
    private static final int PAGE = 100;
    private static final int MAX_COUNTED = 10_000;
    private static final int MAX_LEFT = 10_000;
    private static final Backoff UNPARKABLE = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** A timer that a newer program may have set waits this long, because a rolling deployment may still replace this program. */
    private static final Duration DEPLOYMENT = Duration.ofMinutes(10);

    /** The failures of a timer, and when it may fire again. */
    private record Failed(int count, Instant next) {}

    private final TimerStore timers;
    private final Map<String, ProcessWorker<?>> workers;
    private final Clock clock;
    private final Map<String, Failed> failures = new LinkedHashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Set<String> unknown = new HashSet<>();

    TimerRinger(TimerStore timers, Map<String, ProcessWorker<?>> workers, Clock clock) {
        this.timers = timers;
        this.workers = workers;
        this.clock = clock;
    }

    /**
     * Fires one page of timers. Timers that cannot be fired are left for the next round, so that they do not delay
     * later ones.
     *
     * @return whether more may be due; if not, the round is over
     */
    boolean ringPage() {
        boolean more = false;
        try {
            int page = Math.max(PAGE, 2 * left.size());
            List<ProcessTimer> due = timers.due(clock.instant(), page);
            due.stream().filter(timer -> !left.contains(timer.key())).forEach(this::ring);
            more = due.size() >= page && left.size() < MAX_LEFT;
        } finally {
            if (!more) {
                left.clear();
            }
        }
        return more;
    }

    private void ring(ProcessTimer timer) {
        String process = timer.stream().aggregateType();
        ProcessWorker<?> worker = workers.get(process);
        if (worker == null && unknown.add(process)) {
            log.warn(
                    "skipping timers of a process that this runner does not run: run the process, or use a separate timer store for each service process={}",
                    process);
        }
        if (worker == null || waits(timer) || !ring(worker, timer)) {
            left.add(timer.key());
        }
    }

    private boolean waits(ProcessTimer timer) {
        Failed failed = failures.get(timer.key());
        return failed != null && clock.instant().isBefore(failed.next());
    }

    private boolean ring(ProcessWorker<?> worker, ProcessTimer timer) {
        try {
            worker.ring(timer);
            failures.remove(timer.key());
            return true;
        } catch (Throwable e) { // as a subscription does: an error must not end the thread of all timers
            if (!FailurePolicy.isOfEvent(e)) {
                log.warn("firing a timer failed, will retry stream={} reason=\"{}\"", timer.stream(), e.toString());
                return false;
            }
            log.warn("handler of a timer failed, will retry stream={}", timer.stream(), e);
            return failed(worker, timer, e);
        }
    }

    private boolean failed(ProcessWorker<?> worker, ProcessTimer timer, Throwable failure) {
        Failed before = failures.get(timer.key());
        int count = before == null ? 1 : before.count() + 1;
        Duration pause = UNPARKABLE.after(count - ProcessSettings.HANDLER_ATTEMPTS);
        failures.put(timer.key(), new Failed(count, clock.instant().plus(pause)));
        if (failures.size() > MAX_COUNTED) {
            failures.remove(failures.keySet().iterator().next());
        }
        boolean early = failure instanceof NewerProgramException
                && clock.instant().isBefore(timer.due().plus(DEPLOYMENT));
        if (early || count < ProcessSettings.HANDLER_ATTEMPTS) {
            return false;
        }
        try {
            worker.park(timer, failure);
            failures.remove(timer.key());
            return true;
        } catch (Throwable e) { // such as an event of the instance that cannot be read
            log.warn("parking an instance failed, will retry stream={} reason=\"{}\"", timer.stream(), e.toString());
            return false;
        }
    }
}
