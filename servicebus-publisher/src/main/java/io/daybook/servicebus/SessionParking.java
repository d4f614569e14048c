package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.servicebus.DeadLetters.Letter;
import io.daybook.servicebus.MessageReceiver.EndedException;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.StreamParking;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parking of streams on Service Bus. The state of a stream's session records the event at which it is parked, and
 * every instance that accepts the session moves its events to the dead-letter queue. The state is set before the first
 * of them is moved, so a crash in between loses nothing.
 */
final class SessionParking implements StreamParking {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);
    /** A session of a parked stream is free as soon as its events have been moved. */
    private static final Duration HELD_PAUSE = Duration.ofMillis(500);

    private static final Duration OVERLAP_POLL = Duration.ofMillis(20);
    private static final int MAX_STREAMS = 1_000;
    /** The maximum number of sessions that a retry holds at a time. */
    private static final int BATCH = 50;

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
                        "the session id of the message is not the name of its stream " + stream.stream()));
        try {
            session.park(ParkedPosition.of(stream));
            return true;
        } catch (EndedException e) {
            throw new IllegalStateException("the session was lost", e); // the next receiver reads whether it is parked
        } catch (CompletionException e) {
            throw new EventStoreUnavailableException(
                    "the session state of " + stream.stream() + " was not set: "
                            + ServiceBusFailures.kind(e).text(),
                    ServiceBusFailures.kind(e).acceptedNothing() ? Outcome.NOT_STORED : Outcome.UNKNOWN,
                    null,
                    e);
        }
    }

    @Override
    public List<ParkedStream> parked() {
        try (DeadLetters letters = deadLetters.get()) {
            return letters.streams(Set.of(), MAX_STREAMS);
        }
    }

    @Override
    public int retry(DeliveryLoop loop) {
        int unparked = 0;
        SessionAcceptor acceptor = new SessionAcceptor(sessions::accept, loop, HELD_PAUSE);
        Set<StreamId> tried = new HashSet<>();
        try (DeadLetters letters = deadLetters.get()) {
            List<ParkedStream> batch = letters.streams(tried, BATCH);
            while (!batch.isEmpty() && !loop.isRetryCanceled()) {
                batch.forEach(parked -> tried.add(parked.stream()));
                unparked += retry(loop, acceptor, letters, batch);
                batch = loop.isRetryCanceled() ? List.of() : letters.streams(tried, BATCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return unparked;
    }

    /**
     * Holds the sessions while it delivers, so that no instance delivers or moves events of their streams. A single
     * scan of the dead-letter queue therefore shows all of their waiting events.
     */
    private int retry(DeliveryLoop loop, SessionAcceptor acceptor, DeadLetters letters, List<ParkedStream> streams)
            throws InterruptedException {
        Map<ParkedStream, MessageReceiver> held = new LinkedHashMap<>();
        try {
            for (ParkedStream stream : streams) {
                if (!loop.isRetryCanceled()) {
                    hold(loop, acceptor, letters, stream).ifPresent(session -> held.put(stream, session));
                }
            }
            return deliver(loop, letters, held);
        } finally {
            held.values().forEach(session -> {
                openSessions.leave(session);
                session.close();
            });
        }
    }

    private Optional<MessageReceiver> hold(
            DeliveryLoop loop, SessionAcceptor acceptor, DeadLetters letters, ParkedStream stream)
            throws InterruptedException {
        Optional<MessageReceiver> accepted = accept(acceptor, letters, stream.stream());
        if (accepted.isEmpty()) {
            if (!loop.isRetryCanceled()) {
                log.warn(
                        "another receiver holds the session of a parked stream: retry later subscription={} stream={}",
                        name,
                        stream.stream());
            }
            return Optional.empty();
        }
        MessageReceiver session = accepted.get();
        boolean entered = false;
        try {
            while (!openSessions.enter(session)) {
                if (loop.awaitClose(OVERLAP_POLL)) {
                    return Optional.empty();
                }
                session.checkOpen();
            }
            entered = true;
            return accepted;
        } catch (EndedException e) {
            logEnded(stream, e);
            return Optional.empty();
        } finally {
            if (!entered) {
                session.close();
            }
        }
    }

    private void logEnded(ParkedStream stream, EndedException reason) {
        log.warn("retry of parked stream ended subscription={} stream={}", name, stream.stream(), reason);
    }

    private static Optional<MessageReceiver> accept(SessionAcceptor acceptor, DeadLetters letters, StreamId stream)
            throws InterruptedException {
        try {
            return acceptor.accept(stream.toString());
        } catch (CompletionException e) {
            throw letters.unavailable(e);
        }
    }

    /** Returns how many streams are no longer parked. */
    private int deliver(DeliveryLoop loop, DeadLetters letters, Map<ParkedStream, MessageReceiver> held) {
        Map<ParkedStream, Long> handled = new LinkedHashMap<>(); // the last number of each stream whose retry continues
        held.keySet().forEach(stream -> handled.put(stream, 0L));
        int unparked = 0;
        while (!handled.isEmpty() && !loop.isRetryCanceled()) {
            Map<StreamId, List<Letter>> waiting = letters.of(
                    handled.keySet().stream().map(ParkedStream::stream).toList());
            for (ParkedStream stream : List.copyOf(handled.keySet())) {
                MessageReceiver session = Objects.requireNonNull(held.get(stream));
                List<Letter> next = waiting.getOrDefault(stream.stream(), List.of());
                try {
                    if (!deliver(loop, letters, session, stream, next, handled)) {
                        handled.remove(stream);
                    } else if (next.size() < DeadLetters.MAX_LETTERS) {
                        session.unpark();
                        log.info("stream unparked subscription={} stream={}", name, stream.stream());
                        handled.remove(stream);
                        unparked++;
                    }
                } catch (EndedException e) {
                    logEnded(stream, e);
                    handled.remove(stream);
                } catch (CompletionException e) { // the broker did not settle a message, or set the state
                    throw letters.unavailable(e);
                }
            }
        }
        return unparked;
    }

    /** Returns whether all of the letters were handled. */
    private boolean deliver(
            DeliveryLoop loop,
            DeadLetters letters,
            MessageReceiver session,
            ParkedStream stream,
            List<Letter> next,
            Map<ParkedStream, Long> handled)
            throws EndedException {
        for (Letter letter : next) {
            if (loop.isRetryCanceled()) {
                return false;
            }
            session.checkOpen();
            Optional<ServiceBusReceivedMessage> message = letters.take(letter);
            if (message.isEmpty()) {
                log.warn(
                        "message of parked stream not received: retry later, or remove other dead letters"
                                + " subscription={} stream={} number={}",
                        name,
                        stream.stream(),
                        letter.number());
                return false;
            }
            if (letter.number() > Objects.requireNonNull(handled.get(stream))) {
                Optional<Throwable> failure = call(loop, message.get());
                if (failure.isPresent()) {
                    if (!loop.isRetryCanceled()) {
                        failedAgain(letters, session, stream, letter, message.get(), failure.get());
                    }
                    return false;
                }
                handled.put(stream, letter.number());
            }
            letters.complete(message.get());
        }
        return true;
    }

    /** Returns what the handler threw, or why the message cannot be read. */
    private Optional<Throwable> call(DeliveryLoop loop, ServiceBusReceivedMessage message) {
        Optional<DeletedStream> deletion;
        List<EventEnvelope> event;
        try {
            deletion = EventMessages.deletion(message);
            event = deletion.isPresent() ? List.of() : List.of(EventMessages.event(message, decoder));
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
        return deletion.isPresent() ? loop.call(deletion.get()) : loop.call(event);
    }

    private void failedAgain(
            DeadLetters letters,
            MessageReceiver session,
            ParkedStream stream,
            Letter letter,
            ServiceBusReceivedMessage message,
            Throwable failure)
            throws EndedException {
        ParkedPosition position = new ParkedPosition(
                letter.number(),
                letter.eventId(),
                failure.getClass().getName(),
                stream.since(),
                letter.number() == stream.sequenceNumber() ? stream.attempts() + 1 : 1);
        log.warn("parked stream failed again subscription={} stream={} {}", name, stream.stream(), position, failure);
        session.park(position);
        letters.abandon(message, position);
    }
}
