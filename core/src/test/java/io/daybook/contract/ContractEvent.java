package io.daybook.contract;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The events that the contract suites store, for the tests that a store has beside its contract:
 *
 * <pre>{@code
 * StreamId stream = StreamId.of("Contract", "1");
 * EventStore store = new InMemoryEventStore(ContractEvent.serializer());
 * store.append(stream, 0, ContractEvent.events(stream, 0, 3), AppendOptions.none());
 * }</pre>
 */
public sealed interface ContractEvent extends DomainEvent {

    /**
     * Is written into the data of every event, and must be found nowhere else: not in a log line, nor in a failure.
     *
     * @return the same for all
     */
    String secret();

    private static String usualSecret() {
        return "canary-payload";
    }

    /**
     * An event with the values that are easily damaged on their way. Version 1 had a note instead of the text; version 2 had euros,
     * version 3 has cents.
     *
     * @param text any text
     * @param amount an amount with its scale
     * @param at a time with its nanoseconds
     * @param secret a text to look for
     */
    @EventType(value = "ContractNoted", version = 3, since = 3)
    record Noted(String text, BigDecimal amount, Instant at, String secret) implements ContractEvent {

        /**
         * Creates an event with the usual secret.
         *
         * @param text any text
         * @param amount an amount with its scale
         * @param at a time with its nanoseconds
         */
        public Noted(String text, BigDecimal amount, Instant at) {
            this(text, amount, at, usualSecret());
        }
    }

    /**
     * A small event.
     *
     * @param number any number
     * @param secret a text to look for
     */
    @EventType("ContractCounted")
    record Counted(int number, String secret) implements ContractEvent {

        /**
         * Creates an event with the usual secret.
         *
         * @param number any number
         */
        public Counted(int number) {
            this(number, usualSecret());
        }
    }

    /**
     * {@return a serializer that knows these events}
     */
    static EventSerializer serializer() {
        return JacksonEventSerializer.of(
                EventTypes.of(ContractEvent.class),
                Upcaster.of(
                        "ContractNoted",
                        1,
                        json -> json.put("text", json.remove("note").asText())),
                Upcaster.of("ContractNoted", 2, json -> {
                    BigDecimal euros = json.remove("euros").decimalValue();
                    return json.put("amount", euros.movePointRight(2).toPlainString());
                }));
    }

    /**
     * Wraps an event for an append.
     *
     * @param stream the stream
     * @param sequenceNumber its place
     * @param event the event
     * @return the metadata, to be completed
     */
    static EventMetadata.Builder metadata(StreamId stream, long sequenceNumber, DomainEvent event) {
        EventTypes.Registration type = EventTypes.of(ContractEvent.class).registrationOf(event);
        return EventMetadata.builder()
                .eventId(UUID.randomUUID().toString())
                .eventType(type.name(), type.version())
                .timestamp(Instant.parse("2026-01-02T03:04:05.123456789Z"))
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(sequenceNumber);
    }

    /**
     * Makes events for an append: each holds its sequence number.
     *
     * @param stream the stream
     * @param afterVersion the version that the stream has before
     * @param count how many
     * @return the events
     */
    static List<EventEnvelope> events(StreamId stream, long afterVersion, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> {
                    Counted event = new Counted((int) afterVersion + i);
                    return EventEnvelope.of(
                            metadata(stream, afterVersion + i, event).build(), event);
                })
                .toList();
    }
}
