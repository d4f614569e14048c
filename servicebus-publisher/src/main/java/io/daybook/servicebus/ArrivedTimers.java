package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.process.ProcessTimer;
import io.daybook.servicebus.MessageReceiver.EndedException;
import io.daybook.subscription.FailurePolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The timers whose messages have arrived at this instance, and stay locked until they are removed. Thread-safe. */
final class ArrivedTimers implements AutoCloseable {

    static final int WINDOW = 256;
    /** A timer that is not removed for this long after it was returned goes back to the queue, for another instance. */
    static final Duration HOLD = Duration.ofSeconds(10);
    /** The delay of a timer that goes back to the queue. */
    static final Duration PUT_BACK = Duration.ofSeconds(30);
    /** A timer that arrives earlier than this is scheduled again; clocks may differ by less. */
    static final Duration EARLY = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(ServiceBusTimers.class);
    private static final int MAX_PUT_BACK = 100;
    private static final long STABLE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final class Arrived {
        final ProcessTimer timer;
        final Instant next;
        final MessageReceiver receiver;
        final List<ServiceBusReceivedMessage> messages = new ArrayList<>();

        @Nullable
        Instant returned;

        Arrived(ProcessTimer timer, Instant next, MessageReceiver receiver) {
            this.timer = timer;
            this.next = next;
            this.receiver = receiver;
        }
    }

    private final EntitySource source;
    private final TimerSchedule schedule;
    private final InstantSource clock;
    private final Map<String, Arrived> byKey = new HashMap<>();
    private @Nullable MessageReceiver receiver;
    private int failures;
    private long changedNanos = System.nanoTime();

    ArrivedTimers(EntitySource source, TimerSchedule schedule, InstantSource clock) {
        this.source = source;
        this.schedule = schedule;
        this.clock = clock;
    }

    synchronized boolean contains(ProcessTimer timer) {
        return byKey.containsKey(timer.key());
    }

    /** Takes the messages that have arrived, without a request, and returns the timers that are due. */
    synchronized List<ProcessTimer> due(Instant now, int max) {
        MessageReceiver open = open();
        if (open == null) {
            return List.of();
        }
        try {
            List<ServiceBusReceivedMessage> messages = open.take(Duration.ZERO);
            for (; !messages.isEmpty(); messages = open.take(Duration.ZERO)) {
                for (ServiceBusReceivedMessage message : messages) {
                    accept(open, message);
                }
            }
            putBack(now);
        } catch (EndedException | CompletionException e) {
            discard(open);
            throw TimerSchedule.unavailable(source.entity(), e.getCause() == null ? e : e.getCause());
        }
        List<Arrived> due = byKey.values().stream()
                .filter(each -> !each.next.isAfter(now))
                .sorted(Comparator.comparing(each -> each.next))
                .limit(max)
                .toList();
        due.stream().filter(each -> each.returned == null).forEach(each -> each.returned = clock.instant());
        return due.stream().map(each -> each.timer).toList();
    }

    /** Returns the receiver, or null while it pauses after a failure. */
    private @Nullable MessageReceiver open() {
        long now = System.nanoTime();
        if (receiver == null
                && now - changedNanos
                        >= FailurePolicy.DEFAULT_BACKOFF.after(failures).toNanos()) {
            changedNanos = now;
            receiver = source.next().toFuture().join();
        }
        return receiver;
    }

    private void accept(MessageReceiver open, ServiceBusReceivedMessage message) throws EndedException {
        try {
            ProcessTimer timer = TimerMessages.timer(message);
            Instant next = TimerMessages.next(message);
            byKey.computeIfAbsent(timer.key(), key -> new Arrived(timer, next, open))
                    .messages
                    .add(message);
        } catch (IllegalArgumentException e) {
            log.warn("unreadable timer dead-lettered queue={} reason=\"{}\"", source.entity(), e.getMessage());
            open.deadLetter(
                    List.of(message),
                    new DeadLetterOptions()
                            .setDeadLetterReason("TimerNotReadable")
                            .setDeadLetterErrorDescription(e.getMessage()));
        }
    }

    /** Schedules timers again that arrived too early, or that this instance cannot handle. */
    private void putBack(Instant now) {
        Instant time = clock.instant();
        List<Arrived> back = byKey.values().stream()
                .filter(each -> isEarly(each, now) || isLeft(each, time))
                .limit(MAX_PUT_BACK)
                .toList();
        try {
            for (Arrived each : back) {
                schedule.add(
                        TimerMessages.message(each.timer),
                        isEarly(each, now)
                                ? ServiceBusTimers.scheduledTime(time, Duration.between(now, each.timer.due()))
                                : time.plus(PUT_BACK));
                byKey.remove(each.timer.key());
                complete(each);
            }
        } catch (EventStoreUnavailableException e) { // such as a full queue; other timers still fire
            log.warn("rescheduling of timers failed and will be retried reason=\"{}\"", e.getMessage());
        }
    }

    private static boolean isEarly(Arrived each, Instant now) {
        return each.timer.due().isAfter(now.plus(EARLY));
    }

    private static boolean isLeft(Arrived each, Instant time) {
        return each.returned != null && !time.isBefore(each.returned.plus(HOLD));
    }

    /** Schedules a timer again, if it has arrived here. */
    void postpone(ProcessTimer timer, Instant until) {
        if (contains(timer)) {
            Instant now = clock.instant();
            schedule.add(
                    TimerMessages.postponed(timer, until),
                    ServiceBusTimers.scheduledTime(now, Duration.between(now, until)));
            remove(timer);
        }
    }

    /** Completes the messages of a timer, if they have arrived here. If that fails, they are redelivered. */
    void remove(ProcessTimer timer) {
        Arrived removed;
        synchronized (this) {
            removed = byKey.remove(timer.key());
        }
        if (removed != null) {
            complete(removed);
        }
    }

    private void complete(Arrived arrived) {
        try {
            arrived.receiver.complete(arrived.messages);
        } catch (EndedException | RuntimeException e) { // a timeout, or whatever the SDK throws
            log.info(
                    "timer not completed, so it will be redelivered stream={} reason=\"{}\"",
                    arrived.timer.stream(),
                    e.toString());
            discard(arrived.receiver); // otherwise it renews the lock of the message
        }
    }

    private synchronized void discard(MessageReceiver failed) {
        if (receiver == failed) {
            failures = System.nanoTime() - changedNanos > STABLE_NANOS ? 1 : failures + 1;
            changedNanos = System.nanoTime();
            receiver = null;
            byKey.clear();
            failed.close();
        }
    }

    /** Gives back the messages, for other instances. */
    @Override
    public synchronized void close() {
        MessageReceiver open = receiver;
        if (open != null) {
            receiver = null;
            byKey.clear();
            open.close();
        }
        source.close();
    }
}
