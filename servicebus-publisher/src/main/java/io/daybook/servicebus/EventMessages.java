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
import io.daybook.subscription.DeletedStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A converter of stored events and stream deletions to messages and back. It defines the format of a message. A
 * consumer that does not use {@link io.daybook.subscription.EventFeed} calls {@link #deletion deletion} first, and
 * converts the other messages with {@link #event event}.
 *
 * <pre>{@code
 * Optional<DeletedStream> deletion = EventMessages.deletion(message); // a ServiceBusReceivedMessage
 * if (deletion.isPresent()) {
 *     System.out.println(deletion.get().stream() + " was deleted");
 * } else if (EventMessages.event(message, serializer).event() instanceof OrderShipped shipped) {
 *     System.out.println(shipped.orderId() + " is on its way");
 * }
 * }</pre>
 *
 * <p>Both methods also read CloudEvents in the binary mode of the AMQP binding, from any producer, if they have the
 * attributes that {@link ServiceBusEventPublisher.Builder#cloudEvents Builder.cloudEvents} lists. If a message also has
 * Daybook's own properties, these properties take precedence.
 *
 * <table>
 *   <caption>The message of an event</caption>
 *   <tr><th>part</th><th>content</th></tr>
 *   <tr><td>message id</td><td>the event id, so that duplicate detection works</td></tr>
 *   <tr><td>session id</td><td>the stream, such as {@code Order-42}, so that its order is preserved</td></tr>
 *   <tr><td>subject</td><td>the event type</td></tr>
 *   <tr><td>correlation id</td><td>the correlation id</td></tr>
 *   <tr><td>content type</td><td>{@code application/json}</td></tr>
 *   <tr><td>body</td><td>the event's data, unchanged from the store</td></tr>
 *   <tr><td>application properties</td><td>{@code eventVersion}, {@code timestamp}, {@code aggregateType},
 *       {@code aggregateId}, {@code sequenceNumber}; {@code causationId}, {@code userId} and {@code commandId} if the
 *       event has them; each attribute, under its name with the prefix {@code attribute_}</td></tr>
 * </table>
 *
 * <table>
 *   <caption>The message of a deletion</caption>
 *   <tr><th>part</th><th>content</th></tr>
 *   <tr><td>message id</td><td>{@link DeletedStream#id}, so that duplicate detection works</td></tr>
 *   <tr><td>session id</td><td>the stream, so that the deletion arrives after the events of the stream</td></tr>
 *   <tr><td>subject</td><td>{@code StreamDeleted}</td></tr>
 *   <tr><td>content type</td><td>{@code application/json}</td></tr>
 *   <tr><td>body</td><td><code>{}</code></td></tr>
 *   <tr><td>application properties</td><td>{@code kind}, a property that events do not have, with the value
 *       {@code deletion}; {@code aggregateType}, {@code aggregateId}; {@code sequenceNumber}, one more than the version of
 *       the stream</td></tr>
 * </table>
 */
public final class EventMessages {

    static final String ATTRIBUTE = "attribute_";
    static final String KIND = "kind";
    private static final String DELETION = "deletion";
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private EventMessages() {}

    /**
     * Converts an event to a message.
     *
     * @param event an event that was read from a store or a feed
     * @return the message
     * @throws IllegalArgumentException if the event was not read from a store, because its stored data is then unknown
     */
    public static ServiceBusMessage message(EventEnvelope event) {
        EventMetadata metadata = event.metadata();
        byte[] data = event.data()
                .orElseThrow(() -> new IllegalArgumentException(
                        metadata + " was not read from a store: publish events from a feed"));
        StreamId stream = StreamId.of(metadata.aggregateType(), metadata.aggregateId());
        ServiceBusMessage message = message(metadata.eventId(), stream, metadata.eventType(), data)
                .setCorrelationId(metadata.correlationId());
        Map<String, Object> properties = message.getApplicationProperties();
        properties.put("eventVersion", metadata.eventVersion());
        properties.put("timestamp", InstantText.format(metadata.timestamp()));
        properties.put("sequenceNumber", metadata.sequenceNumber());
        metadata.causationId().ifPresent(id -> properties.put("causationId", id));
        metadata.userId().ifPresent(id -> properties.put("userId", id));
        metadata.commandId().ifPresent(id -> properties.put("commandId", id));
        metadata.attributes().forEach((name, value) -> properties.put(ATTRIBUTE + name, value));
        return message;
    }

    /**
     * Converts the deletion of a stream to a message.
     *
     * @param deletion the deletion
     * @return the message
     */
    public static ServiceBusMessage message(DeletedStream deletion) {
        ServiceBusMessage message =
                message(deletion.id(), deletion.stream(), "StreamDeleted", "{}".getBytes(StandardCharsets.UTF_8));
        message.getApplicationProperties().put(KIND, DELETION);
        message.getApplicationProperties().put("sequenceNumber", deletion.sequenceNumber());
        return message;
    }

    private static ServiceBusMessage message(String id, StreamId stream, String subject, byte[] body) {
        ServiceBusMessage message = new ServiceBusMessage(BinaryData.fromBytes(body))
                .setMessageId(id)
                .setSessionId(stream.toString())
                .setSubject(subject)
                .setContentType("application/json");
        message.getApplicationProperties().put("aggregateType", stream.aggregateType());
        message.getApplicationProperties().put("aggregateId", stream.aggregateId());
        return message;
    }

    /**
     * Returns the deletion that a message reports.
     *
     * @param message a message that one of the {@code message} methods created, or a CloudEvent
     * @return the deletion; empty if the message contains an event
     * @throws IllegalArgumentException if the message has an unknown kind, or if it reports a deletion and a part is
     *     missing or invalid
     */
    public static Optional<DeletedStream> deletion(ServiceBusReceivedMessage message) {
        Map<String, Object> properties = MessageParts.of(message).properties();
        if (!properties.containsKey(KIND)) {
            return Optional.empty();
        }
        if (!DELETION.equals(text(properties, KIND))) {
            throw new IllegalArgumentException(
                    "the kind of the message is unknown, so a newer version of Daybook probably created it:"
                            + " update this program");
        }
        return Optional.of(new DeletedStream(
                StreamId.of(
                        required("aggregateType", text(properties, "aggregateType")),
                        required("aggregateId", text(properties, "aggregateId"))),
                number(properties, "sequenceNumber") - 1));
    }

    /**
     * Converts a message back to its event.
     *
     * @param message a message that {@link #message(EventEnvelope) message} created, or a CloudEvent
     * @param decoder decodes events, such as a serializer; upcasts events of older versions
     * @return the event, decoded on first access
     * @throws IllegalArgumentException if the message was not created from an event; the exception names the missing or
     *     invalid part and quotes no content
     */
    public static EventEnvelope event(ServiceBusReceivedMessage message, EventEnvelope.Decoder decoder) {
        MessageParts parts = MessageParts.of(message);
        Map<String, Object> properties = parts.properties();
        if (properties.containsKey(KIND)) {
            throw new IllegalArgumentException(
                    "the message has a kind, so it does not contain an event: call deletion(…) first");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(ATTRIBUTE)) {
                attributes.put(name.substring(ATTRIBUTE.length()), String.valueOf(value));
            }
        });
        EventMetadata metadata = EventMetadata.builder()
                .eventId(required("the message id", parts.id()))
                .eventType(required("the subject", parts.type()), version(number(properties, "eventVersion")))
                .timestamp(timestamp(required("timestamp", text(properties, "timestamp"))))
                .aggregate(
                        required("aggregateType", text(properties, "aggregateType")),
                        required("aggregateId", text(properties, "aggregateId")))
                .sequenceNumber(number(properties, "sequenceNumber"))
                .commandId(text(properties, "commandId"))
                .context(MessageContext.of(
                        parts.correlationId(), text(properties, "causationId"), text(properties, "userId"), attributes))
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
                    "timestamp is not an instant, so the message does not contain an event: exclude messages of other"
                            + " programs from the subscription");
        }
    }

    private static byte[] body(AmqpMessageBody body) {
        byte[] data = switch (body.getBodyType()) {
            case DATA -> body.getFirstData();
            default ->
                throw new IllegalArgumentException("the body of the message has the AMQP type " + body.getBodyType()
                        + ", but the body of an event has the type DATA: exclude messages of other programs from"
                        + " the subscription");
        };
        if (!isObject(data)) {
            throw new IllegalArgumentException(
                    "the body is not a JSON object, or has duplicate properties, so the message does not contain an event:"
                            + " exclude messages of other programs from the subscription");
        }
        return data;
    }

    /** Senders to the topic are trusted less than a store, and parsers differ in which of two properties with the same name they use. */
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
        return new IllegalArgumentException(
                name + " is missing or invalid, so the message does not contain an event: exclude messages of other"
                        + " programs from the subscription");
    }
}
