package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusMessage;
import io.daybook.eventstore.StreamId;
import io.daybook.json.InstantText;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a CloudEvent in the application properties of a message, as the binary mode of the AMQP binding
 * specifies. They are added to the message of an event or deletion, whose own properties do not change.
 */
final class CloudEventAttributes {

    static final String PREFIX = "cloudEvents:";

    /** The second prefix, which the binding also allows because JMS does not allow a colon. */
    private static final String JMS_PREFIX = "cloudEvents_";

    private static final String STRUCTURED = "application/cloudevents";
    private static final String VERSION = "1.0";
    private static final int MAX_SOURCE_LENGTH = 256;

    private CloudEventAttributes() {}

    static void requireSource(URI source) {
        String text = source.toASCIIString();
        if (text.isEmpty() || text.length() > MAX_SOURCE_LENGTH) {
            throw new IllegalArgumentException(
                    "the source of CloudEvents has " + text.length() + " characters: use 1 to " + MAX_SOURCE_LENGTH);
        }
        if (source.getRawQuery() != null || source.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the source of CloudEvents has a query or a fragment: remove it, since the stream is appended");
        }
    }

    /** Adds the attributes to the message of an event or a deletion. */
    static void add(ServiceBusMessage message, URI source) {
        Map<String, Object> properties = message.getApplicationProperties();
        StreamId stream = StreamId.parse(message.getSessionId());
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("specversion", VERSION);
        attributes.put("id", message.getMessageId());
        attributes.put("source", source(source, stream));
        attributes.put("type", message.getSubject());
        attributes.put("subject", stream.toString());
        // The text sorts like the number, as the extension "sequence" requires.
        attributes.put("sequence", String.format(Locale.ROOT, "%019d", number(properties, "sequenceNumber")));
        attributes.put("time", properties.get("timestamp"));
        attributes.put(
                "eventversion",
                properties.get("eventVersion") instanceof Number version ? Long.valueOf(version.longValue()) : null);
        attributes.put(EventMessages.KIND, properties.get(EventMessages.KIND));
        attributes.put("correlationid", message.getCorrelationId());
        attributes.put("causationid", properties.get("causationId"));
        attributes.put("traceparent", properties.get(EventMessages.ATTRIBUTE + "traceparent"));
        attributes.put("tracestate", properties.get(EventMessages.ATTRIBUTE + "tracestate"));
        attributes.forEach((name, value) -> {
            if (value != null && !"".equals(value)) { // CloudEvents has no empty attributes
                properties.put(PREFIX + name, value);
            }
        });
    }

    private static String source(URI source, StreamId stream) {
        String base = source.toASCIIString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
                + "/"
                + encoded(stream.aggregateType())
                + "/"
                + encoded(stream.aggregateId());
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Returns whether the message is a CloudEvent that does not have Daybook's own properties. */
    static boolean areAlone(@Nullable String contentType, Map<String, Object> properties) {
        if (properties.containsKey("aggregateType")) {
            return false;
        }
        if (contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(STRUCTURED)) {
            throw new IllegalArgumentException(
                    "the message is a CloudEvent in structured mode: use binary mode in the producer");
        }
        return properties.containsKey(PREFIX + "specversion") || properties.containsKey(JMS_PREFIX + "specversion");
    }

    /** Returns the parts of a message that has only these attributes. */
    static MessageParts read(Map<String, Object> properties) {
        String prefix = properties.containsKey(PREFIX + "specversion") ? PREFIX : JMS_PREFIX;
        if (!VERSION.equals(text(properties, prefix + "specversion"))) {
            throw new IllegalArgumentException(prefix + "specversion is not 1.0, the only supported version");
        }
        StreamId stream = stream(prefix, text(properties, prefix + "subject"));
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("aggregateType", stream.aggregateType());
        own.put("aggregateId", stream.aggregateId());
        own.put("sequenceNumber", number(properties, prefix + "sequence"));
        copy(properties, prefix + EventMessages.KIND, own, EventMessages.KIND);
        if (!own.containsKey(EventMessages.KIND)) {
            own.put("eventVersion", number(properties, prefix + "eventversion"));
            own.put("timestamp", InstantText.format(time(prefix, properties.get(prefix + "time"))));
        }
        copy(properties, prefix + "causationid", own, "causationId");
        copy(properties, prefix + "traceparent", own, EventMessages.ATTRIBUTE + "traceparent");
        copy(properties, prefix + "tracestate", own, EventMessages.ATTRIBUTE + "tracestate");
        return new MessageParts(
                text(properties, prefix + "id"),
                text(properties, prefix + "type"),
                text(properties, prefix + "correlationid"),
                own);
    }

    private static void copy(Map<String, Object> from, String name, Map<String, Object> to, String as) {
        String value = text(from, name);
        if (value != null) {
            to.put(as, value);
        }
    }

    private static @Nullable String text(Map<String, Object> properties, String name) {
        Object value = properties.get(name);
        return value == null ? null : value.toString();
    }

    private static StreamId stream(String prefix, @Nullable String subject) {
        if (subject != null) {
            try {
                return StreamId.parse(subject);
            } catch (IllegalArgumentException e) {
                // its message quotes the subject
            }
        }
        throw new IllegalArgumentException(
                prefix + "subject is missing or is not the name of a stream, such as Order-42");
    }

    private static long number(Map<String, Object> properties, String name) {
        try {
            return Long.parseLong(String.valueOf(properties.get(name)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is missing or is not a whole number");
        }
    }

    private static Instant time(String prefix, @Nullable Object time) {
        try {
            if (time instanceof Date date) {
                return date.toInstant();
            }
            return OffsetDateTime.parse(String.valueOf(time)).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(prefix + "time is missing or is not an RFC 3339 time");
        }
    }
}
