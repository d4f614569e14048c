package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.event.EventEnvelope;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.PageDelivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that takes one session after the other, and delivers its events until they are handled. */
final class ReceivingLane implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    /** A session is granted because it has messages, so the first comes soon. */
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);
    /** One that was emptied and stays so this long gives way to others. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final String name;
    private final MessageSource source;
    private final EventEnvelope.Decoder decoder;
    private final DeliveryLoop loop;
    private final int deadLetterAfter;
    private volatile @Nullable CompletableFuture<Inbox> opening;

    ReceivingLane(
            String name, MessageSource source, EventEnvelope.Decoder decoder, DeliveryLoop loop, int deadLetterAfter) {
        this.name = name;
        this.source = source;
        this.decoder = decoder;
        this.loop = loop;
        this.deadLetterAfter = deadLetterAfter;
    }

    /** Ends the wait for a session, once the loop is closed. */
    void stop() {
        CompletableFuture<Inbox> waiting = opening;
        if (waiting != null) {
            waiting.cancel(true);
        }
    }

    /** Nothing but the loop's close ends a lane: neither an interrupt, which may come late, nor an error. */
    @Override
    public void run() {
        int failures = 0;
        while (!loop.isClosing()) {
            Thread.interrupted(); // one that came after the handler had returned
            try (Inbox inbox = open()) {
                failures = 0;
                loop.recovered(this);
                empty(inbox);
            } catch (CancellationException | InterruptedException e) {
                log.debug("lane interrupted subscription={}", name);
            } catch (Throwable e) { // whatever the SDK throws: the broker is asked again, and the status says why
                failures++;
                failed(e);
                pause(failures);
            }
        }
    }

    private Inbox open() throws InterruptedException {
        CompletableFuture<Inbox> future = source.next().toFuture();
        opening = future;
        if (loop.isClosing()) {
            future.cancel(true);
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            if (!future.cancel(true) && !future.isCompletedExceptionally()) {
                future.join().close();
            }
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            opening = null;
        }
    }

    /** A broker that cannot be reached shows when the status is asked for; anything else stands until it is over. */
    private void failed(Throwable failure) {
        ServiceBusFailures.Meaning meaning = ServiceBusFailures.meaning(failure);
        if (meaning.isTransient()) {
            loop.recovered(this);
        } else {
            loop.failed(this, source.entity() + ": " + meaning.text());
        }
        log.warn("no messages subscription={} entity={}", name, source.entity(), failure);
    }

    private void empty(Inbox inbox) throws InterruptedException, Inbox.EndedException {
        Duration patience = FIRST_PATIENCE;
        while (!loop.isClosing()) {
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

    /** Whether all were handled, or it was closed before. */
    private boolean handle(Inbox inbox, List<ServiceBusReceivedMessage> messages)
            throws InterruptedException, Inbox.EndedException {
        Map<EventEnvelope, ServiceBusReceivedMessage> events = new LinkedHashMap<>();
        for (ServiceBusReceivedMessage message : messages) {
            try {
                events.put(EventMessages.event(message, decoder), message);
            } catch (RuntimeException e) {
                if (!deliver(inbox, events) || !holdUnreadable(inbox, message, e)) {
                    return false;
                }
                events.clear();
            }
        }
        return deliver(inbox, events);
    }

    private boolean deliver(Inbox inbox, Map<EventEnvelope, ServiceBusReceivedMessage> messages)
            throws InterruptedException, Inbox.EndedException {
        Deque<EventEnvelope> left = new ArrayDeque<>(messages.keySet());
        PageDelivery page = loop.page(this, left.stream().map(List::of).toList());
        while (!page.isDone()) {
            PageDelivery.Step step = page.step();
            if (!step.delivered().isEmpty()) {
                inbox.complete(step.delivered().stream().map(messages::get).toList());
                left.removeAll(step.delivered());
            } else if (step.failures() >= deadLetterAfter) {
                deadLetter(inbox, Objects.requireNonNull(messages.get(left.remove())), step.failures());
                page.skip();
            } else if (loop.awaitClose(step.pause())) {
                return false;
            } else {
                inbox.checkOpen(); // else another instance may have the event, and what follows it
            }
        }
        return true;
    }

    /** Nothing of a session is delivered before a message that cannot be read, unless that is dead-lettered. */
    private boolean holdUnreadable(Inbox inbox, ServiceBusReceivedMessage message, RuntimeException failure)
            throws InterruptedException, Inbox.EndedException {
        for (int attempt = 1; ; attempt++) {
            String error = "event=" + message.getMessageId() + " of session " + message.getSessionId() + ", attempt "
                    + attempt + ": " + failure.getMessage();
            log.warn("message not readable subscription={} {}", name, error);
            loop.failed(this, error);
            if (attempt >= deadLetterAfter) {
                deadLetter(inbox, message, attempt);
                loop.recovered(this);
                return true;
            }
            if (loop.awaitClose(FailurePolicy.DEFAULT_BACKOFF.after(attempt))) {
                return false;
            }
            inbox.checkOpen();
        }
    }

    private void deadLetter(Inbox inbox, ServiceBusReceivedMessage message, int failures) throws Inbox.EndedException {
        inbox.deadLetter(message, "HandlerFailed", failures + " failures of the subscription " + name);
        log.warn("event dead-lettered subscription={} event={} failures={}", name, message.getMessageId(), failures);
    }

    private void pause(int failures) {
        try {
            loop.awaitClose(FailurePolicy.DEFAULT_BACKOFF.after(failures));
        } catch (InterruptedException e) {
            log.debug("lane interrupted subscription={}", name); // it tries again at once
        }
    }
}
