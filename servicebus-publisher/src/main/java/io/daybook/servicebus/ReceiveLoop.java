package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.Backoff;
import io.daybook.servicebus.MessageReceiver.EndedException;
import io.daybook.servicebus.ServiceBusFailures.Kind;
import io.daybook.subscription.DeletedStream;
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
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop that receives one session after another in a thread and delivers their events. Only closing the subscription ends it. */
final class ReceiveLoop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    /** A session is granted because it has messages, so the first one arrives soon. */
    private static final Duration FIRST_TIMEOUT = Duration.ofSeconds(2);
    /** A session that stays empty for this long makes room for others. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMillis(50);

    private static final Duration REFUSAL_TIMEOUT = Duration.ofSeconds(5);
    /** The interval for retrying a session that another thread is still handling. */
    private static final Duration OVERLAP_POLL = Duration.ofMillis(20);
    /** The pauses while the broker is busy; Service Bus recommends at least two seconds. */
    private static final Backoff BUSY_BACKOFF = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(10));

    private final String name;
    private final MessageSource source;
    private final EventEnvelope.Decoder decoder;
    private final DeliveryLoop loop;
    private final OpenSessions openSessions;
    private final int deadLetterAfter;
    private volatile @Nullable CompletableFuture<MessageReceiver> opening;

    ReceiveLoop(
            String name,
            MessageSource source,
            EventEnvelope.Decoder decoder,
            DeliveryLoop loop,
            OpenSessions openSessions,
            int deadLetterAfter) {
        this.name = name;
        this.source = source;
        this.decoder = decoder;
        this.loop = loop;
        this.openSessions = openSessions;
        this.deadLetterAfter = deadLetterAfter;
    }

    /** Ends the wait for a session, once the loop is closed. */
    void stop() {
        CompletableFuture<MessageReceiver> waiting = opening;
        if (waiting != null) {
            waiting.cancel(true);
        }
    }

    @Override
    public void run() {
        int failures = 0;
        while (!loop.isClosing()) {
            try (MessageReceiver receiver = open()) {
                failures = 0;
                loop.recovered(this);
                receive(receiver);
            } catch (CancellationException e) {
                log.debug("wait for a session canceled subscription={}", name);
            } catch (Throwable e) { // whatever the SDK throws, the request is repeated, and the status shows why
                failures++;
                failed(e);
                awaitClose(pauseAfter(failures, e));
            }
        }
    }

    private static Duration pauseAfter(int failures, Throwable failure) {
        return ServiceBusFailures.kind(failure) == Kind.BUSY
                ? BUSY_BACKOFF.after(failures)
                : FailurePolicy.DEFAULT_BACKOFF.after(failures);
    }

    private MessageReceiver open() {
        CompletableFuture<MessageReceiver> future = source.next().toFuture();
        opening = future;
        try {
            if (loop.isClosing()) {
                future.cancel(true);
            }
            awaitRefusal(future);
            return future.join(); // which an interrupt does not end
        } finally {
            opening = null;
        }
    }

    /** A broker rejects a request immediately, so a longer wait is a wait for messages. */
    private void awaitRefusal(CompletableFuture<MessageReceiver> future) {
        try {
            future.get(REFUSAL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            loop.recovered(this);
        } catch (ExecutionException e) {
            log.debug("no session granted subscription={}", name);
        }
    }

    /** Waits; an interrupt ends the pause, not the loop. Returns whether the subscription is closed. */
    private boolean awaitClose(Duration pause) {
        try {
            return loop.awaitClose(pause);
        } catch (InterruptedException e) {
            log.debug("pause interrupted subscription={}", name);
            return loop.isClosing();
        }
    }

    /**
     * An unreachable broker is detected when the status is requested. Any other failure is shown until it is resolved.
     */
    private void failed(Throwable failure) {
        ServiceBusFailures.Kind kind = ServiceBusFailures.kind(failure);
        if (kind.isTransient()) {
            loop.recovered(this);
        } else {
            loop.failed(this, source.entity() + ": " + kind.text());
        }
        log.warn("no messages subscription={} entity={}", name, source.entity(), failure);
    }

    private void receive(MessageReceiver receiver) throws EndedException {
        try {
            while (!openSessions.enter(receiver)) {
                if (awaitClose(OVERLAP_POLL)) {
                    return;
                }
                receiver.checkOpen();
            }
            deliverAll(receiver);
        } finally {
            openSessions.leave(receiver);
        }
    }

    private void deliverAll(MessageReceiver receiver) throws EndedException {
        receiver.awaitState();
        Duration timeout = FIRST_TIMEOUT;
        while (!loop.isClosing()) {
            List<ServiceBusReceivedMessage> messages = receiver.take(timeout);
            timeout = IDLE_TIMEOUT;
            if (messages.isEmpty() && receiver.isOfSession()) {
                return;
            }
            if (!messages.isEmpty() && !handle(receiver, messages)) {
                return;
            }
        }
    }

    /** The content of a message: an event, a deletion, or unreadable. */
    private record Content(
            @Nullable EventEnvelope event,
            @Nullable DeletedStream deletion,
            @Nullable RuntimeException failure) {

        static Content of(ServiceBusReceivedMessage message, EventEnvelope.Decoder decoder) {
            try {
                Optional<DeletedStream> deletion = EventMessages.deletion(message);
                return deletion.isPresent()
                        ? new Content(null, deletion.get(), null)
                        : new Content(EventMessages.event(message, decoder), null, null);
            } catch (RuntimeException e) {
                return new Content(null, null, e);
            }
        }
    }

    /** Delivers events. Returns whether all were handled; false if the subscription was closed first. */
    private boolean handle(MessageReceiver receiver, List<ServiceBusReceivedMessage> messages) throws EndedException {
        Map<EventEnvelope, ServiceBusReceivedMessage> events = new LinkedHashMap<>();
        for (ServiceBusReceivedMessage message : messages) {
            Content content = Content.of(message, decoder);
            if (content.event() != null) {
                events.put(content.event(), message);
            } else {
                if (!deliver(receiver, events) || !deliverAlone(receiver, message, content)) {
                    return false;
                }
                events.clear();
            }
        }
        return deliver(receiver, events);
    }

    private boolean deliverAlone(MessageReceiver receiver, ServiceBusReceivedMessage message, Content content)
            throws EndedException {
        return content.deletion() == null
                ? holdUnreadable(receiver, message, Objects.requireNonNull(content.failure()))
                : deliver(receiver, content.deletion(), message);
    }

    private boolean deliver(MessageReceiver receiver, Map<EventEnvelope, ServiceBusReceivedMessage> events)
            throws EndedException {
        List<List<EventEnvelope>> appends =
                events.keySet().stream().map(List::of).toList();
        return deliver(receiver, loop.page(this, appends, List.of()), new ArrayDeque<>(events.values()), events);
    }

    private boolean deliver(MessageReceiver receiver, DeletedStream deletion, ServiceBusReceivedMessage message)
            throws EndedException {
        PageDelivery page = loop.page(this, List.of(), List.of(deletion));
        return deliver(receiver, page, new ArrayDeque<>(List.of(message)), Map.of());
    }

    /** Delivers a page of events, or one of a deletion, which has one message. */
    private boolean deliver(
            MessageReceiver receiver,
            PageDelivery page,
            Deque<ServiceBusReceivedMessage> left,
            Map<EventEnvelope, ServiceBusReceivedMessage> events)
            throws EndedException {
        while (receiver.parked() == null && !page.isDone()) {
            Thread.interrupted(); // meant for a call that has returned
            PageDelivery.Step step = page.step();
            if (receiver.parked() != null) {
                break;
            }
            List<ServiceBusReceivedMessage> handled = page.isDone()
                    ? List.copyOf(left)
                    : step.delivered().stream().map(events::get).toList();
            if (!handled.isEmpty()) {
                receiver.complete(handled);
                left.removeAll(handled);
            } else if (step.failures() >= deadLetterAfter) {
                deadLetter(receiver, left.remove(), step.failures());
                page.skip();
            } else if (awaitClose(step.pause())) {
                return false;
            } else {
                receiver.checkOpen(); // otherwise, another instance may have the event and those that follow it
            }
        }
        if (receiver.parked() != null) {
            passOver(receiver, List.copyOf(left));
        }
        return true;
    }

    /** Nothing in a session is delivered past an unreadable message unless that message is dead-lettered. */
    private boolean holdUnreadable(
            MessageReceiver receiver, ServiceBusReceivedMessage message, RuntimeException failure)
            throws EndedException {
        for (int attempt = 1; ; attempt++) {
            String error = "event=" + message.getMessageId() + " of session " + message.getSessionId() + ", attempt "
                    + attempt + ": " + failure.getMessage();
            log.warn("message not readable subscription={} {}", name, error);
            loop.failed(this, error);
            if (attempt >= deadLetterAfter) {
                deadLetter(receiver, message, attempt);
                loop.recovered(this);
                return true;
            }
            if (awaitClose(FailurePolicy.DEFAULT_BACKOFF.after(attempt))) {
                return false;
            }
            receiver.checkOpen();
        }
    }

    private void deadLetter(MessageReceiver receiver, ServiceBusReceivedMessage message, int failures)
            throws EndedException {
        DeadLetterOptions options = new DeadLetterOptions()
                .setDeadLetterReason("HandlerFailed")
                .setDeadLetterErrorDescription(failures + " failures of the subscription " + name);
        receiver.deadLetter(List.of(message), options);
        log.warn("event dead-lettered subscription={} event={} failures={}", name, message.getMessageId(), failures);
    }

    /** Moves events of a parked stream to the dead-letter queue, where they wait for a retry. */
    private void passOver(MessageReceiver receiver, List<ServiceBusReceivedMessage> messages) throws EndedException {
        ParkedPosition position = Objects.requireNonNull(receiver.parked());
        if (messages.isEmpty()) {
            return;
        }
        DeadLetterOptions options = new DeadLetterOptions()
                .setDeadLetterReason(DeadLetters.STREAM_PARKED)
                .setDeadLetterErrorDescription("the subscription " + name + " failed " + position.attempts()
                        + " times at number " + position.number() + " with " + position.error()
                        + ": fix the handler, then call retryParked()")
                .setPropertiesToModify(Map.of(DeadLetters.POSITION, position.toJson()));
        receiver.deadLetter(messages, options);
        log.info(
                "events of parked stream dead-lettered subscription={} stream={} count={}",
                name,
                receiver.session(),
                messages.size());
    }
}
