package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscriptions of a runner, and the thread that fires its timers. */
final class ProcessThreads {

    private static final Logger log = LoggerFactory.getLogger(ProcessThreads.class);
    private static final long POLL_NANOS = 10_000_000;
    private static final FailurePolicy PARK = FailurePolicy.parkStreamAfter(ProcessSettings.HANDLER_ATTEMPTS);

    /** About 30 seconds: a reaction does not store that its command is unanswered, so an event waits for its target. */
    private static final FailurePolicy PARK_REACTION = FailurePolicy.parkStreamAfter(12);

    private record Running(
            String name,
            ProcessCounters counters,
            Subscription inputs,
            @Nullable Subscription recovery) {}

    private final ProcessSettings settings;
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private final Set<Thread> operators = ConcurrentHashMap.newKeySet();
    private @Nullable Thread timerThread;

    ProcessThreads(ProcessSettings settings) {
        this.settings = settings;
    }

    /** Waits. Returns false if the runner is closed. */
    boolean pause(Duration pause) {
        try {
            return !closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void follow(EventFeed feed, StartPosition from, ProcessWorker<?> worker) {
        String name = worker.process().name();
        SubscriptionOptions options = SubscriptionOptions.from(from).onFailure(PARK);
        Subscription inputs = feed.subscribe("process-" + name, options, tracked(worker::handle));
        running.put(name, new Running(name, worker.counters(), inputs, null));
    }

    void follow(EventFeed feed, StartPosition from, ReactionWorker worker) {
        String name = worker.reaction().name();
        SubscriptionOptions options = SubscriptionOptions.from(from).onFailure(PARK_REACTION);
        Subscription inputs = feed.subscribe("reaction-" + name, options, tracked(worker::handle));
        running.put(name, new Running(name, worker.counters(), inputs, null));
    }

    /** Notes which threads handle events, so that none of them waits for itself. */
    private EventHandler tracked(EventHandler handler) {
        return events -> {
            handling.add(Thread.currentThread());
            try {
                handler.handle(events);
            } finally {
                handling.remove(Thread.currentThread());
            }
        };
    }

    /** Follows the process streams with a delay, which is the time after which a command is sent again. */
    void recover(EventFeed feed, ProcessWorker<?> worker) {
        String name = worker.process().name();
        Subscription recovery = feed.subscribe(
                "recovery-" + name,
                SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(PARK),
                tracked(events -> recover(worker, events)));
        running.computeIfPresent(name, (key, each) -> new Running(name, each.counters(), each.inputs(), recovery));
    }

    /** Waits until the events are old enough, because their commands are usually answered by then. */
    private void recover(ProcessWorker<?> worker, List<EventEnvelope> events) throws InterruptedException {
        if (!operators.contains(Thread.currentThread())) {
            awaitAge(youngest(worker, events));
        }
        worker.recover(events);
    }

    private static Instant youngest(ProcessWorker<?> worker, List<EventEnvelope> events) {
        return events.stream()
                .filter(event ->
                        event.metadata().aggregateType().equals(worker.process().name()))
                .map(event -> event.metadata().timestamp())
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** Waits no longer than the age, because the clock of the program that stored the event may be ahead. */
    private void awaitAge(Instant event) throws InterruptedException {
        Duration oneSecond = Duration.ofSeconds(1);
        Instant from = event;
        while (true) {
            Instant now = settings.clock().instant();
            from = now.isBefore(from) ? now : from;
            Duration left = Duration.between(now, from.plus(settings.resendAfter()));
            if (left.isZero() || left.isNegative()) {
                return;
            }
            Duration wait = left.compareTo(oneSecond) < 0 ? left : oneSecond;
            if (closing.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("the process runner is closed");
            }
        }
    }

    void ring(TimerRinger ringer, Duration every) {
        Thread thread = new Thread(() -> ringUntilClosed(ringer, every), "daybook-timers");
        thread.setDaemon(true);
        thread.start();
        timerThread = thread;
    }

    private void ringUntilClosed(TimerRinger ringer, Duration every) {
        handling.add(Thread.currentThread());
        while (closing.getCount() > 0) {
            if (!ringPage(ringer)) {
                Thread.interrupted(); // of a handler; only close() ends the loop
                pause(every);
            }
        }
    }

    private static boolean ringPage(TimerRinger ringer) {
        try {
            return ringer.ringPage();
        } catch (Throwable e) { // as in the ringer: an error must not end the thread of all timers
            log.warn("reading due timers failed, will retry", e);
            return false;
        }
    }

    List<ProcessStatus> status() {
        return running.values().stream()
                .map(each -> new ProcessStatus(
                        each.name(),
                        each.inputs().status(),
                        Optional.ofNullable(each.recovery()).map(Subscription::status),
                        each.counters().counts()))
                .toList();
    }

    /** Returns the streams that are parked: of sources, and of instances that cannot be recovered. */
    List<ParkedStream> parked(String name) {
        return subscriptions(name).flatMap(each -> each.parked().stream()).toList();
    }

    /** Retries the parked streams in the caller's thread. */
    int retryParked(String name) {
        boolean added = operators.add(Thread.currentThread());
        try {
            return subscriptions(name).mapToInt(Subscription::retryParked).sum();
        } finally {
            if (added) {
                operators.remove(Thread.currentThread());
            }
        }
    }

    private Stream<Subscription> subscriptions(String name) {
        Running found = running.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    running.isEmpty()
                            ? "the runner does not follow the feeds: start a runner with following(true)"
                            : "the runner has no process or reaction named " + name + ": use one of "
                                    + running.keySet());
        }
        return Stream.concat(Stream.of(found.inputs()), Stream.ofNullable(found.recovery()));
    }

    void drain(Duration timeout) {
        CommandTimeout end = CommandTimeout.after(timeout);
        for (Running each : running.values()) {
            while (!each.inputs().hasCaughtUp()) {
                if (end.hasExpired() || Thread.currentThread().isInterrupted()) {
                    throw new IllegalStateException(
                            each.name() + " has not caught up: " + each.inputs().status());
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    /** Stops everything, and waits up to a timeout. Returns whether everything has ended. */
    boolean close(CommandTimeout end) {
        if (handling.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    "a process runner cannot be closed by one of its own handlers: close it from another thread");
        }
        closing.countDown();
        boolean ended = true;
        for (Running each : running.values()) {
            ended &= close(each.inputs(), end);
            Subscription recovery = each.recovery();
            ended &= recovery == null || close(recovery, end);
        }
        Thread thread = timerThread;
        return (thread == null || hasEnded(thread, end)) && ended;
    }

    private static boolean close(Subscription subscription, CommandTimeout end) {
        Duration left = end.remaining().orElse(null);
        if (left != null) {
            return subscription.close(left);
        }
        subscription.close();
        return true;
    }

    private static boolean hasEnded(Thread thread, CommandTimeout end) {
        boolean interrupted = false;
        while (thread.isAlive() && !end.hasExpired()) {
            try {
                thread.join(end.remaining()
                        .map(left -> Math.max(1, left.toMillis()))
                        .orElse(0L));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
