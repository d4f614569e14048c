package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.event.EventEnvelope;
import io.daybook.subscription.EventHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that takes one session after the other, and hands its events to the handler until they are handled. */
final class ReceivingLane implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    /** A session is granted because it has messages, so the first comes soon. */
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);
    /** One that was emptied and stays so this long gives way to others. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final String name;
    private final MessageSource source;
    private final EventEnvelope.Decoder decoder;
    private final EventHandler handler;
    private final int deadLetterAfter;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong handled = new AtomicLong();
    private volatile String error = "";
    private volatile @Nullable CompletableFuture<Inbox> opening;

    ReceivingLane(
            String name,
            MessageSource source,
            EventEnvelope.Decoder decoder,
            EventHandler handler,
            int deadLetterAfter) {
        this.name = name;
        this.source = source;
        this.decoder = decoder;
        this.handler = handler;
        this.deadLetterAfter = deadLetterAfter;
    }

    long handled() {
        return handled.get();
    }

    /** What went wrong last, empty if nothing has since the last success. */
    String error() {
        return error;
    }

    /** Lets a call that is under way finish. */
    void stop() {
        stop.countDown();
        CompletableFuture<Inbox> waiting = opening;
        if (waiting != null) {
            waiting.cancel(true);
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    @Override
    public void run() {
        int failures = 0;
        while (!isStopping()) {
            try (Inbox inbox = open()) {
                failures = 0;
                error = "";
                empty(inbox);
            } catch (CancellationException | InterruptedException e) {
                return; // stopped
            } catch (Exception e) { // whatever the SDK throws: the broker is asked again, and the status says why
                failures++;
                failed(e);
                pause(failures);
            }
        }
    }

    private Inbox open() throws InterruptedException {
        CompletableFuture<Inbox> future = source.next().toFuture();
        opening = future;
        if (isStopping()) {
            future.cancel(true);
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            opening = null;
        }
    }

    /** A broker that cannot be reached is told by whoever asks it for the status; anything else stands until it is over. */
    private void failed(Exception failure) {
        ServiceBusFailures.Meaning meaning = ServiceBusFailures.meaning(failure);
        error = meaning.isTransient() ? "" : source.entity() + ": " + meaning.text();
        log.warn("no messages subscription={} entity={}", name, source.entity(), failure);
    }

    private void empty(Inbox inbox) throws InterruptedException, Inbox.EndedException {
        Duration patience = FIRST_PATIENCE;
        while (!isStopping()) {
            List<ServiceBusReceivedMessage> messages = inbox.take(patience);
            patience = PATIENCE;
            if (messages.isEmpty() && inbox.isOfSession()) {
                return;
            }
            if (!messages.isEmpty() && !handle(inbox, messages)) {
                return;
            }
        }
    }

    /** Whether all were handled, or it was stopped before. */
    private boolean handle(Inbox inbox, List<ServiceBusReceivedMessage> messages) throws Inbox.EndedException {
        if (called(messages, 1)) {
            inbox.complete(messages);
            return true;
        }
        int failures = messages.size() == 1 ? 1 : 0;
        for (ServiceBusReceivedMessage message : messages) { // one at a time now: which is it that fails?
            if (!handleAlone(inbox, message, failures)) {
                return false;
            }
        }
        return true;
    }

    private boolean handleAlone(Inbox inbox, ServiceBusReceivedMessage message, int failuresBefore)
            throws Inbox.EndedException {
        for (int failures = failuresBefore; ; failures++) {
            if (failures >= deadLetterAfter) {
                inbox.deadLetter(message, "HandlerFailed", failures + " failures of the subscription " + name);
                log.warn(
                        "event dead-lettered subscription={} event={} failures={}",
                        name,
                        message.getMessageId(),
                        failures);
                return true;
            }
            if (pause(failures)) {
                return false;
            }
            inbox.checkOpen(); // else another instance may have the event, and what follows it
            if (called(List.of(message), failures + 1)) {
                inbox.complete(List.of(message));
                return true;
            }
        }
    }

    /** Whether the handler took them. */
    private boolean called(List<ServiceBusReceivedMessage> messages, int attempt) {
        try {
            handler.handle(messages.stream()
                    .map(message -> EventMessages.event(message, decoder))
                    .toList());
            handled.addAndGet(messages.size());
            error = "";
            return true;
        } catch (Throwable e) { // whatever the user's handler throws, also an Error: the events come again, the status
            // says why
            String first = messages.get(0).getMessageId();
            error = "event " + first + " of session " + messages.get(0).getSessionId() + ", attempt " + attempt + ": "
                    + (e.getMessage() == null ? e.getClass().getName() : e.getMessage());
            log.warn(
                    "handler failed subscription={} event={} events={} attempt={}",
                    name,
                    first,
                    messages.size(),
                    attempt,
                    e);
            return false;
        } finally {
            Thread.interrupted(); // what the handler left behind is its own affair
        }
    }

    /** Whether it was stopped meanwhile. */
    private boolean pause(int failures) {
        try {
            return stop.await(Math.min(LONGEST_PAUSE_MILLIS, 10L << Math.min(failures, 10)), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
