package io.daybook.process;

import io.daybook.eventstore.Backoff;
import io.daybook.subscription.FailurePolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
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

    private static final Backoff NOT_RUN = new Backoff(Duration.ofMinutes(1), Duration.ofDays(1));
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    /**
     * The failures of a timer.
     *
     * @param next when it may fire again
     * @param shared whether it may fire in a newer program before, so that it is not postponed
     */
    private record Failed(int count, Instant next, boolean shared) {}

    private final TimerStore timers;
    private final Map<String, ProcessWorker<?>> workers;
    private final Clock clock;
    private final int maxCounted;
    private final Map<String, Failed> failures = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Set<String> unknown = new HashSet<>();

    TimerRinger(TimerStore timers, Map<String, ProcessWorker<?>> workers, Clock clock) {
        this(timers, workers, clock, MAX_COUNTED);
    }

    /** Creates a ringer that counts the failures of so many timers at a time. */
    TimerRinger(TimerStore timers, Map<String, ProcessWorker<?>> workers, Clock clock, int maxCounted) {
        this.timers = timers;
        this.workers = workers;
        this.clock = clock;
        this.maxCounted = maxCounted;
    }

    /**
     * Fires one page of timers. Timers that cannot be fired are postponed or left for the next round, so that they do
     * not delay later ones.
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
                    "postponing timers of a process that this runner does not run: run the process, or use a separate timer store for each service process={}",
                    process);
        }
        Instant now = clock.instant();
        if (worker == null) {
            Duration late = Duration.between(timer.due(), now);
            postpone(timer, now.plus(ProcessSettings.pauseFor(late, NOT_RUN)));
        } else if (waits(timer) || !ring(worker, timer)) {
            postponeFailed(timer);
        }
    }

    private void postponeFailed(ProcessTimer timer) {
        Failed failed = failures.get(timer.key());
        if (failed != null && !failed.shared() && waits(timer)) {
            postpone(timer, failed.next());
        } else {
            left.add(timer.key());
        }
    }

    private void postpone(ProcessTimer timer, Instant until) {
        try {
            timers.postpone(timer, until);
        } catch (RuntimeException e) {
            log.warn("timer not postponed, will be retried stream={} reason=\"{}\"", timer.stream(), e.toString());
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
        Instant now = clock.instant();
        if (before == null && failures.size() >= maxCounted) {
            failures.values().removeIf(each -> each.next().plus(FORGOTTEN).isBefore(now)); // their timers are gone
        }
        boolean early = failure instanceof NewerProgramException
                && now.isBefore(timer.due().plus(ProcessSettings.DEPLOYMENT));
        if (before != null || failures.size() < maxCounted) { // others are counted when one of these is parked
            failures.put(timer.key(), new Failed(count, now.plus(pause), early));
        }
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
