package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.servicebus.MessageReceiver.EndedException;
import io.daybook.subscription.ParkedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** The messages of parked streams in the dead-letter queue of a subscription. Used by one thread, and closed after each use. */
final class DeadLetters implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventFeed.class);

    static final String STREAM_PARKED = "StreamParked";
    static final String POSITION = "daybookParked";

    private static final int PEEKED = 100;
    private static final int MAX_STREAMS = 1_000;
    /** How many messages are locked at most, those of other reasons included. */
    private static final int WINDOW = 500;

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofSeconds(5);

    /** An event of a parked stream, without its data. */
    record Waiting(String session, StreamId stream, long number, String eventId, long place, ParkedPosition position) {

        static final Comparator<Waiting> IN_ORDER =
                Comparator.comparingLong(Waiting::number).thenComparingLong(Waiting::place);

        static Optional<Waiting> of(ServiceBusReceivedMessage message) {
            Map<String, Object> properties = message.getApplicationProperties();
            if (!STREAM_PARKED.equals(message.getDeadLetterReason())
                    || message.getSessionId() == null
                    || !(properties.get("sequenceNumber") instanceof Number number)
                    || !(properties.get(POSITION) instanceof String position)) {
                return Optional.empty();
            }
            return Optional.of(new Waiting(
                    message.getSessionId(),
                    StreamId.of(
                            String.valueOf(properties.get("aggregateType")),
                            String.valueOf(properties.get("aggregateId"))),
                    number.longValue(),
                    String.valueOf(message.getMessageId()),
                    message.getSequenceNumber(),
                    ParkedPosition.parse(position)));
        }
    }

    private final String entity;
    private final ServiceBusReceiverAsyncClient client;
    private final Scheduler scheduler;
    private final Map<Long, ServiceBusReceivedMessage> taken = new HashMap<>();
    private @Nullable MessageReceiver receiver;

    DeadLetters(String entity, ServiceBusReceiverAsyncClient client, Scheduler scheduler) {
        this.entity = entity;
        this.client = client;
        this.scheduler = scheduler;
    }

    /** Returns the parked streams in the order in which they were parked. */
    List<ParkedStream> streams() {
        Map<String, List<Waiting>> sessions = new LinkedHashMap<>();
        for (Waiting each : peek(0)) {
            if (sessions.size() < MAX_STREAMS || sessions.containsKey(each.session())) {
                sessions.computeIfAbsent(each.session(), unseen -> new ArrayList<>())
                        .add(each);
            }
        }
        return sessions.values().stream().map(DeadLetters::stream).toList();
    }

    /** A retry records the position of its failure with one message, so the farthest position is the last. */
    private static ParkedStream stream(List<Waiting> waiting) {
        ParkedPosition last = waiting.stream()
                .map(Waiting::position)
                .max(Comparator.comparingLong(ParkedPosition::number).thenComparingInt(ParkedPosition::attempts))
                .orElseThrow();
        Waiting first = waiting.stream()
                .filter(each -> each.number() >= last.number())
                .min(Waiting.IN_ORDER)
                .orElseGet(() -> waiting.get(0));
        long lastNumber = waiting.stream().mapToLong(Waiting::number).max().orElseThrow();
        return new ParkedStream(
                first.stream(),
                first.number(),
                first.eventId(),
                last.error(),
                last.since(),
                last.attempts(),
                Math.max(first.number(), lastNumber));
    }

    /** Returns the events of a parked stream in order. */
    List<Waiting> of(String session) {
        return peek(0).stream()
                .filter(each -> each.session().equals(session))
                .sorted(Waiting.IN_ORDER)
                .toList();
    }

    private List<Waiting> peek(long from) {
        try {
            List<Waiting> waiting = new ArrayList<>();
            for (long next = from; ; ) {
                List<ServiceBusReceivedMessage> page =
                        client.peekMessages(PEEKED, next).collectList().block(ANSWER_TIMEOUT);
                if (page == null || page.isEmpty()) {
                    return waiting;
                }
                page.forEach(message -> Waiting.of(message).ifPresent(waiting::add));
                next = page.get(page.size() - 1).getSequenceNumber() + 1;
            }
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    EventStoreUnavailableException unavailable(Throwable cause) {
        return new EventStoreUnavailableException(
                "the parked streams of " + entity + " cannot be read or changed, "
                        + ServiceBusFailures.kind(cause).text() + ": retry later",
                Outcome.NOT_STORED,
                null,
                cause);
    }

    /** Locks the message of an event; empty if it does not arrive in time, as when another instance has it. */
    Optional<ServiceBusReceivedMessage> take(Waiting event) throws EndedException {
        MessageReceiver messages = receiver();
        while (!taken.containsKey(event.place())) {
            List<ServiceBusReceivedMessage> arrived = messages.take(ARRIVAL_TIMEOUT);
            if (arrived.isEmpty()) {
                return Optional.empty();
            }
            arrived.forEach(message -> taken.put(message.getSequenceNumber(), message));
        }
        return Optional.ofNullable(taken.get(event.place()));
    }

    void complete(ServiceBusReceivedMessage message) throws EndedException {
        taken.remove(message.getSequenceNumber());
        receiver().complete(List.of(message));
    }

    /** Gives back a message whose event has failed again. */
    void abandon(ServiceBusReceivedMessage message, ParkedPosition position) throws EndedException {
        taken.remove(message.getSequenceNumber());
        receiver().abandon(message, Map.of(POSITION, position.toJson()));
    }

    private MessageReceiver receiver() {
        if (receiver == null) {
            receiver = MessageReceiver.ofEntity(client, WINDOW, scheduler, this::closeClient);
        }
        return receiver;
    }

    @Override
    public void close() {
        if (receiver == null) {
            closeClient();
        } else {
            receiver.close();
        }
    }

    private void closeClient() {
        try {
            client.close();
        } catch (RuntimeException e) { // the broker did not answer in time; the client is not used any more
            log.debug("connection not closed cleanly entity={}", entity, e);
        }
    }
}
