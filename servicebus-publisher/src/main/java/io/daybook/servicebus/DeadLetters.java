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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
    /** The maximum number of letters of a stream that are read at a time. */
    static final int MAX_LETTERS = 1_000;

    /** The maximum number of locked messages, including those with other reasons. */
    private static final int WINDOW = 500;

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofSeconds(5);

    /**
     * The place of an event or deletion of a parked stream in the queue.
     *
     * @param number the sequence number in the stream
     * @param eventId the id of the event or deletion
     * @param place the sequence number in the queue
     */
    record Letter(long number, String eventId, long place) {

        static final Comparator<Letter> IN_ORDER =
                Comparator.comparingLong(Letter::number).thenComparingLong(Letter::place);
    }

    /** A dead letter with its stream, and the position and reason of the parking. */
    private record Waiting(StreamId stream, Letter letter, boolean isDeletion, ParkedPosition position) {

        static Optional<Waiting> of(ServiceBusReceivedMessage message) {
            if (!STREAM_PARKED.equals(message.getDeadLetterReason())
                    || message.getSessionId() == null
                    || !(message.getApplicationProperties().get(POSITION) instanceof String position)) {
                return Optional.empty();
            }
            MessageParts parts;
            try {
                parts = MessageParts.of(message);
            } catch (IllegalArgumentException e) { // no event of a stream
                return Optional.empty();
            }
            Map<String, Object> properties = parts.properties();
            if (!(properties.get("sequenceNumber") instanceof Number number)) {
                return Optional.empty();
            }
            StreamId stream = StreamId.of(
                    String.valueOf(properties.get("aggregateType")), String.valueOf(properties.get("aggregateId")));
            return Optional.of(new Waiting(
                    stream,
                    new Letter(number.longValue(), String.valueOf(parts.id()), message.getSequenceNumber()),
                    properties.containsKey(EventMessages.KIND),
                    ParkedPosition.parse(position)));
        }
    }

    /**
     * A parked stream, to the point where the queue was read. A retry records the position of its failure with one message, so the farthest
     * position is the last.
     */
    private record Found(ParkedPosition position, Letter first, long lastNumber, boolean deleted) {

        private static final Comparator<ParkedPosition> FARTHEST =
                Comparator.comparingLong(ParkedPosition::number).thenComparingInt(ParkedPosition::attempts);

        static Found of(Waiting waiting) {
            return new Found(
                    waiting.position(), waiting.letter(), waiting.letter().number(), waiting.isDeletion());
        }

        Found and(Found other) {
            ParkedPosition farthest = FARTHEST.compare(position, other.position) >= 0 ? position : other.position;
            return new Found(
                    farthest,
                    first(first, other.first, farthest.number()),
                    Math.max(lastNumber, other.lastNumber),
                    deleted || other.deleted);
        }

        /** Returns the first letter at or after a number; an earlier one only if there is none. */
        private static Letter first(Letter one, Letter other, long from) {
            if (other.number() < from) {
                return one;
            }
            return one.number() < from || Letter.IN_ORDER.compare(other, one) < 0 ? other : one;
        }

        ParkedStream of(StreamId stream) {
            return new ParkedStream(
                    stream,
                    first.number(),
                    first.eventId(),
                    position.error(),
                    position.since(),
                    position.attempts(),
                    lastNumber,
                    deleted);
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

    /** Returns parked streams in the order in which they were parked, excluding some of them, up to a limit. */
    List<ParkedStream> streams(Set<StreamId> without, int most) {
        Map<StreamId, Found> streams = new LinkedHashMap<>();
        peek(each -> {
            if (streams.containsKey(each.stream()) || (streams.size() < most && !without.contains(each.stream()))) {
                streams.merge(each.stream(), Found.of(each), Found::and);
            }
        });
        return streams.entrySet().stream()
                .map(each -> each.getValue().of(each.getKey()))
                .toList();
    }

    /** Returns the first {@link #MAX_LETTERS} letters of each stream, in the order of their numbers. */
    Map<StreamId, List<Letter>> of(Collection<StreamId> streams) {
        Map<StreamId, List<Letter>> letters = new HashMap<>();
        streams.forEach(stream -> letters.put(stream, new ArrayList<>()));
        peek(each -> {
            List<Letter> ofStream = letters.get(each.stream());
            if (ofStream != null && ofStream.size() < MAX_LETTERS) {
                ofStream.add(each.letter());
            }
        });
        letters.values().forEach(each -> each.sort(Letter.IN_ORDER));
        return letters;
    }

    private void peek(Consumer<Waiting> each) {
        try {
            for (long next = 0; ; ) {
                List<ServiceBusReceivedMessage> page =
                        client.peekMessages(PEEKED, next).collectList().block(ANSWER_TIMEOUT);
                if (page == null || page.isEmpty()) {
                    return;
                }
                page.forEach(message -> Waiting.of(message).ifPresent(each));
                next = page.get(page.size() - 1).getSequenceNumber() + 1;
            }
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    EventStoreUnavailableException unavailable(Throwable cause) {
        return new EventStoreUnavailableException(
                "the parked streams of " + entity + " cannot be read or changed ("
                        + ServiceBusFailures.kind(cause).text() + "): retry later",
                Outcome.NOT_STORED,
                null,
                cause);
    }

    /**
     * Locks the message of an event; empty if it does not arrive in time, for example because another instance has
     * locked it.
     */
    Optional<ServiceBusReceivedMessage> take(Letter event) throws EndedException {
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

    /** Abandons a message whose event has failed again. */
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
        } catch (RuntimeException e) { // the broker did not answer in time; the client is no longer used
            log.debug("connection not closed cleanly entity={}", entity, e);
        }
    }
}
