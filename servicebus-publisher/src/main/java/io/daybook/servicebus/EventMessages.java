package io.daybook.servicebus;

import com.azure.core.amqp.models.AmqpMessageBody;
import com.azure.core.util.BinaryData;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import io.daybook.json.InstantText;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts stored events to messages and received messages to events. Defines the format of a message. A consumer that does not use
 * {@link io.daybook.subscription.EventFeed} converts what it receives with {@link #event event}.
 *
 * <pre>{@code
 * EventEnvelope envelope = EventMessages.event(message, serializer); // a ServiceBusReceivedMessage
 * if (envelope.event() instanceof OrderShipped shipped) {
 *     System.out.println(shipped.orderId() + " is on its way");
 * }
 * }</pre>
 *
 * <table>
 *   <caption>A message</caption>
 *   <tr><th>part</th><th>holds</th></tr>
 *   <tr><td>message id</td><td>the event id, so that duplicate detection works</td></tr>
 *   <tr><td>session id</td><td>the stream, {@code Order-42}, so that its order is kept</td></tr>
 *   <tr><td>subject</td><td>the event type</td></tr>
 *   <tr><td>correlation id</td><td>the correlation id</td></tr>
 *   <tr><td>content type</td><td>{@code application/json}</td></tr>
 *   <tr><td>body</td><td>the event's data, unchanged from the store</td></tr>
 *   <tr><td>application properties</td><td>{@code eventVersion}, {@code timestamp}, {@code aggregateType}, {@code aggregateId},
 *       {@code sequenceNumber}; {@code causationId}, {@code userId} and {@code commandId} where there are any; attributes as
 *       {@code attribute_} and their name</td></tr>
 * </table>
 */
public final class EventMessages {

    private static final String ATTRIBUTE = "attribute_";
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private EventMessages() {}

    /**
     * Converts an event to a message.
     *
     * @param event an event that was read from a store or a feed
     * @return the message
     * @throws IllegalArgumentException if the event was not read from a store, so its stored data are unknown
     */
    public static ServiceBusMessage message(EventEnvelope event) {
        EventMetadata metadata = event.metadata();
        byte[] data = event.data()
                .orElseThrow(() -> new IllegalArgumentException(
                        metadata + " was not read from a store: publish events from a feed"));
        ServiceBusMessage message = new ServiceBusMessage(BinaryData.fromBytes(data))
                .setMessageId(metadata.eventId())
                .setSessionId(stream(metadata))
                .setSubject(metadata.eventType())
                .setCorrelationId(metadata.correlationId())
                .setContentType("application/json");
        Map<String, Object> properties = message.getApplicationProperties();
        properties.put("eventVersion", metadata.eventVersion());
        properties.put("timestamp", InstantText.format(metadata.timestamp()));
        properties.put("aggregateType", metadata.aggregateType());
        properties.put("aggregateId", metadata.aggregateId());
        properties.put("sequenceNumber", metadata.sequenceNumber());
        metadata.causationId().ifPresent(id -> properties.put("causationId", id));
        metadata.userId().ifPresent(id -> properties.put("userId", id));
        metadata.commandId().ifPresent(id -> properties.put("commandId", id));
        metadata.attributes().forEach((name, value) -> properties.put(ATTRIBUTE + name, value));
        return message;
    }

    static String stream(EventMetadata metadata) {
        return StreamId.of(metadata.aggregateType(), metadata.aggregateId()).toString();
    }

    /**
     * Converts a message to the event that it was made from.
     *
     * @param message a message that {@link #message message} made
     * @param decoder decodes events, such as a serializer; upcasts events of older versions
     * @return the event, decoded on first access
     * @throws IllegalArgumentException if the message was not made from an event. It names what is missing and quotes no content
     */
    public static EventEnvelope event(ServiceBusReceivedMessage message, EventEnvelope.Decoder decoder) {
        Map<String, Object> properties = message.getApplicationProperties();
        Map<String, String> attributes = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(ATTRIBUTE)) {
                attributes.put(name.substring(ATTRIBUTE.length()), String.valueOf(value));
            }
        });
        EventMetadata metadata = EventMetadata.builder()
                .eventId(required("the message id", message.getMessageId()))
                .eventType(required("the subject", message.getSubject()), version(number(properties, "eventVersion")))
                .timestamp(timestamp(required("timestamp", text(properties, "timestamp"))))
                .aggregate(
                        required("aggregateType", text(properties, "aggregateType")),
                        required("aggregateId", text(properties, "aggregateId")))
                .sequenceNumber(number(properties, "sequenceNumber"))
                .commandId(text(properties, "commandId"))
                .context(MessageContext.of(
                        message.getCorrelationId(),
                        text(properties, "causationId"),
                        text(properties, "userId"),
                        attributes))
                .build();
        return EventEnvelope.stored(metadata, body(message.getRawAmqpMessage().getBody()), decoder);
    }

    private static int version(long number) {
        if (number != (int) number) {
            throw missing("eventVersion");
        }
        return (int) number;
    }

    private static Instant timestamp(String text) {
        try {
            return InstantText.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "timestamp is not an instant: the message was not made of an event by Daybook");
        }
    }

    private static byte[] body(AmqpMessageBody body) {
        byte[] data = switch (body.getBodyType()) {
            case DATA -> body.getFirstData();
            default ->
                throw new IllegalArgumentException(
                        "the body of the message is an AMQP " + body.getBodyType() + ", but an event has data");
        };
        if (!isObject(data)) {
            throw new IllegalArgumentException(
                    "the body is not a JSON object that has each property once: the message was not made"
                            + " of an event by Daybook");
        }
        return data;
    }

    /** Senders to the topic are trusted less than a store, and parsers differ in which of two equal properties they use. */
    private static boolean isObject(byte[] data) {
        try (JsonParser json = JSON.createParser(data)) {
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            json.skipChildren();
            return object && json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable String text(Map<String, Object> properties, String name) {
        Object value = properties.get(name);
        return value == null ? null : value.toString();
    }

    private static long number(Map<String, Object> properties, String name) {
        if (properties.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw missing(name);
    }

    private static String required(String name, @Nullable String value) {
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException(name + " is missing: the message was not made of an event by Daybook");
    }
}
