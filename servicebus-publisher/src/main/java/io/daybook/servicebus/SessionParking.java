package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.servicebus.DeadLetters.Waiting;
import io.daybook.servicebus.MessageReceiver.EndedException;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.StreamParking;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks streams on Service Bus. The state of a stream's session says where it is parked, and every instance that accepts the session moves its
 * events to the dead-letter queue. The state is set before the first of them is moved, so a crash in between loses nothing.
 */
final class SessionParking implements StreamParking {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    /** A session of a parked stream is free as soon as its events are moved. */
    private static final Duration HELD_PAUSE = Duration.ofMillis(500);

    private static final Duration OVERLAP_POLL = Duration.ofMillis(20);

    private final String name;
    private final SessionSource sessions;
    private final OpenSessions openSessions;
    private final EventEnvelope.Decoder decoder;
    private final Supplier<DeadLetters> deadLetters;

    SessionParking(
            String name,
            SessionSource sessions,
            OpenSessions openSessions,
            EventEnvelope.Decoder decoder,
            Supplier<DeadLetters> deadLetters) {
        this.name = name;
        this.sessions = sessions;
        this.openSessions = openSessions;
        this.decoder = decoder;
        this.deadLetters = deadLetters;
    }

    @Override
    public boolean park(ParkedStream stream) {
        MessageReceiver session = openSessions
                .find(stream.stream().toString())
                .orElseThrow(() -> new IllegalStateException(
                        "the session id of the message is not its stream " + stream.stream()));
        try {
            session.park(ParkedPosition.of(stream));
            return true;
        } catch (EndedException e) {
            throw new IllegalStateException("the session was lost", e);
        }
    }

    @Override
    public List<ParkedStream> parked() {
        try (DeadLetters letters = deadLetters.get()) {
            return letters.streams();
        }
    }

    @Override
    public int retry(DeliveryLoop loop) {
        int unparked = 0;
        SessionAcceptor acceptor = new SessionAcceptor(sessions::accept, loop, HELD_PAUSE);
        try (DeadLetters letters = deadLetters.get()) {
            for (ParkedStream stream : letters.streams()) {
                if (!loop.isClosing()) {
                    unparked += retry(loop, acceptor, letters, stream) ? 1 : 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return unparked;
    }

    /** Has the session while it delivers, so that no instance delivers or moves events of the stream. */
    private boolean retry(DeliveryLoop loop, SessionAcceptor acceptor, DeadLetters letters, ParkedStream stream)
            throws InterruptedException {
        Optional<MessageReceiver> accepted = accept(acceptor, letters, stream.stream());
        if (accepted.isEmpty()) {
            if (!loop.isClosing()) {
                log.warn(
                        "another receiver holds the session of a parked stream: retry later subscription={} stream={}",
                        name,
                        stream.stream());
            }
            return false;
        }
        try (MessageReceiver session = accepted.get()) {
            while (!openSessions.enter(session)) {
                if (loop.awaitClose(OVERLAP_POLL)) {
                    return false;
                }
                session.checkOpen();
            }
            try {
                return deliver(loop, letters, session, stream);
            } finally {
                openSessions.leave(session);
            }
        } catch (EndedException e) {
            log.warn("retry of parked stream ended subscription={} stream={}", name, stream.stream(), e);
            return false;
        } catch (CompletionException e) { // the broker did not settle a message, or set the state
            throw letters.unavailable(e);
        }
    }

    private static Optional<MessageReceiver> accept(SessionAcceptor acceptor, DeadLetters letters, StreamId stream)
            throws InterruptedException {
        try {
            return acceptor.accept(stream.toString());
        } catch (CompletionException e) {
            throw letters.unavailable(e);
        }
    }

    private boolean deliver(DeliveryLoop loop, DeadLetters letters, MessageReceiver session, ParkedStream stream)
            throws EndedException {
        long handled = 0;
        for (List<Waiting> events = letters.of(session.session());
                !events.isEmpty();
                events = letters.of(session.session())) {
            for (Waiting event : events) {
                if (loop.isClosing()) {
                    return false;
                }
                session.checkOpen();
                Optional<ServiceBusReceivedMessage> message = letters.take(event);
                if (message.isEmpty()) {
                    log.warn(
                            "message of parked stream not received: retry later, or remove other dead letters"
                                    + " subscription={} stream={} number={}",
                            name,
                            stream.stream(),
                            event.number());
                    return false;
                }
                if (event.number() > handled) {
                    Optional<Throwable> failure = loop.call(List.of(EventMessages.event(message.get(), decoder)));
                    if (failure.isPresent()) {
                        failedAgain(letters, session, stream, event, message.get(), failure.get());
                        return false;
                    }
                    handled = event.number();
                }
                letters.complete(message.get());
            }
        }
        session.unpark();
        log.info("stream unparked subscription={} stream={}", name, stream.stream());
        return true;
    }

    private void failedAgain(
            DeadLetters letters,
            MessageReceiver session,
            ParkedStream stream,
            Waiting event,
            ServiceBusReceivedMessage message,
            Throwable failure)
            throws EndedException {
        ParkedPosition position = new ParkedPosition(
                event.number(),
                event.eventId(),
                failure.getClass().getName(),
                stream.since(),
                event.number() == stream.number() ? stream.attempts() + 1 : 1);
        log.warn("parked stream failed again subscription={} stream={} {}", name, stream.stream(), position, failure);
        session.park(position);
        letters.abandon(message, position);
    }
}
