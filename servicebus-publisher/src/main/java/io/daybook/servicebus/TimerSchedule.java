package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.servicebus.ServiceBusFailures.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The scheduled messages of timers in a queue. Thread-safe. */
final class TimerSchedule implements AutoCloseable {

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1); // the SDK's minimum
    private static final Logger log = LoggerFactory.getLogger(ServiceBusTimers.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final SharedClient<ServiceBusSenderAsyncClient> senders;
    private final Scheduler scheduler;
    private final Duration timeout;

    TimerSchedule(String queue, Scheduler scheduler, Duration timeout, Supplier<ServiceBusSenderAsyncClient> senders) {
        this.senders = new SharedClient<>(queue, senders);
        this.scheduler = scheduler;
        this.timeout = timeout;
    }

    /** Returns the timeout of one attempt. */
    static Duration attemptTimeout(Duration timeout) {
        Duration most = timeout.compareTo(ATTEMPT_TIMEOUT) < 0 ? timeout : ATTEMPT_TIMEOUT;
        return most.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : most;
    }

    /**
     * Schedules a message for a time; one in the past means now. After a lost answer, a second message may exist.
     *
     * @return the sequence number of the message
     * @throws EventStoreUnavailableException if the broker rejected the message or could not be reached in time
     */
    long add(ServiceBusMessage message, Instant time) {
        long end = System.nanoTime() + timeout.toNanos();
        for (int attempt = 1; ; attempt++) {
            ServiceBusSenderAsyncClient sender = client();
            try {
                return await(sender.scheduleMessage(message, time.atOffset(ZoneOffset.UTC)));
            } catch (CompletionException e) {
                Kind kind = ServiceBusFailures.kind(e);
                if (!kind.acceptedNothing()) {
                    senders.discard(sender); // a link without an answer may never recover
                }
                if (!kind.isTransient() || !pause(BACKOFF.after(attempt), end)) {
                    throw unavailable(senders.entity(), e);
                }
            }
        }
    }

    private ServiceBusSenderAsyncClient client() {
        try {
            return senders.client();
        } catch (IllegalStateException e) { // closed; must not count as a failure of the event that sets the timer
            throw new EventStoreUnavailableException(String.valueOf(e.getMessage()), Outcome.NOT_STORED, null, e);
        }
    }

    /** Calls the SDK in a thread that is never interrupted. */
    private <T> T await(Mono<T> question) {
        return SdkThread.call(scheduler, question)
                .timeout(attemptTimeout(timeout).plusSeconds(1))
                .toFuture()
                .join();
    }

    private static boolean pause(Duration pause, long end) {
        if (end - System.nanoTime() <= pause.toNanos()) {
            return false;
        }
        try {
            Thread.sleep(pause.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static EventStoreUnavailableException unavailable(String queue, Throwable cause) {
        Kind kind = ServiceBusFailures.kind(cause);
        String advice = kind == Kind.REFUSED ? ": use a queue without sessions" : "";
        return new EventStoreUnavailableException(
                "timers of the queue " + queue + " are not available: " + kind.text() + advice,
                kind.acceptedNothing() ? Outcome.NOT_STORED : Outcome.UNKNOWN,
                null,
                cause);
    }

    /** Cancels a message. Does not wait, and need not succeed, because a timer without an instance has no effect. */
    void cancel(long sequenceNumber) {
        SdkThread.call(scheduler, Mono.defer(() -> client().cancelScheduledMessage(sequenceNumber)))
                .subscribe(
                        canceled -> {},
                        e -> log.debug("timer not canceled queue={} reason={}", senders.entity(), e.toString()));
    }

    @Override
    public void close() {
        senders.close();
    }
}
