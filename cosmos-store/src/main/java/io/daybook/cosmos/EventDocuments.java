package io.daybook.cosmos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.json.InstantText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mapping between documents and events, commands and tombstones. No other class knows their members. */
final class EventDocuments {

    static final String KIND_EVENT = "event";
    static final String KIND_COMMAND = "command";
    private static final String REJECTED = "rejected";
    private static final String KIND_TOMBSTONE = "tombstone";
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant AFTER_LATEST = Instant.parse("+10000-01-01T00:00:00Z");
    private static final ObjectWriter JSON = new ObjectMapper().writerFor(JsonNode.class);

    private EventDocuments() {}

    /**
     * Returns the id of an event's document. It is the sequence number, so creating the next document also detects
     * conflicts.
     */
    static String eventId(long sequenceNumber) {
        String digits = Long.toString(sequenceNumber);
        return "0".repeat(20 - digits.length()) + digits;
    }

    /** Returns the event id in a document, or null if it was not written by Daybook. */
    static @Nullable String eventId(JsonNode document) {
        return optionalText(document, "eventId");
    }

    /** Returns the id of a command's document. */
    static String commandId(String commandId) {
        return "command-" + idOf(commandId);
    }

    /**
     * Returns a text that is valid in a document id. Text with characters that ids do not allow is encoded and starts
     * with ~.
     */
    static String idOf(String text) {
        boolean plain = text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
        return plain
                ? text
                : "~" + Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the text of an id that {@link #idOf} made. */
    static String textOf(String id) {
        return id.startsWith("~")
                ? new String(Base64.getUrlDecoder().decode(id.substring(1)), StandardCharsets.UTF_8)
                : id;
    }

    /** Returns a time for comparisons. It may be outside the range of years that an event can have. */
    static String boundary(Instant instant) {
        if (instant.isBefore(EARLIEST)) {
            return "";
        }
        return instant.isBefore(AFTER_LATEST) ? InstantText.format(instant) : "~"; // sorts after all digits
    }

    /** Returns the document of an event. The data is included unparsed. */
    static ObjectNode event(StreamId stream, EventMetadata metadata, byte[] data) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", eventId(metadata.sequenceNumber()));
        document.put("kind", KIND_EVENT);
        document.put("streamId", stream.toString());
        document.put("aggregateType", metadata.aggregateType());
        document.put("aggregateId", metadata.aggregateId());
        document.put("sequenceNumber", metadata.sequenceNumber());
        document.put("eventId", metadata.eventId());
        document.put("eventType", metadata.eventType());
        document.put("eventVersion", metadata.eventVersion());
        document.put("timestamp", InstantText.format(metadata.timestamp()));
        document.put("correlationId", metadata.correlationId());
        metadata.causationId().ifPresent(id -> document.put("causationId", id));
        metadata.userId().ifPresent(id -> document.put("userId", id));
        metadata.commandId().ifPresent(id -> document.put("commandId", id));
        if (!metadata.attributes().isEmpty()) {
            ObjectNode attributes = document.putObject("attributes");
            metadata.attributes().forEach(attributes::put);
        }
        document.putRawValue("data", new RawValue(new String(data, StandardCharsets.UTF_8)));
        return document;
    }

    /** Returns an upper bound of the size of the metadata in bytes, without serializing them. */
    static long metadataBytesAtMost(StreamId stream, EventMetadata metadata) {
        return 600 + 6 * metadataCharacters(stream, metadata); // an escaped character takes up to six bytes
    }

    /** Estimates the stored size of the metadata in bytes, including the members that the service adds. */
    static long metadataBytes(StreamId stream, EventMetadata metadata) {
        return 420 + metadataCharacters(stream, metadata);
    }

    private static long metadataCharacters(StreamId stream, EventMetadata metadata) {
        long characters = 2L * stream.toString().length()
                + metadata.eventId().length()
                + metadata.eventType().length()
                + metadata.correlationId().length()
                + metadata.causationId().orElse("").length()
                + metadata.userId().orElse("").length()
                + metadata.commandId().orElse("").length();
        for (Map.Entry<String, String> attribute : metadata.attributes().entrySet()) {
            characters += attribute.getKey().length() + attribute.getValue().length() + 6L;
        }
        return characters;
    }

    static EventEnvelope envelope(JsonNode document, EventEnvelope.Decoder decoder) {
        EventMetadata metadata = EventMetadata.builder()
                .eventId(text(document, "eventId"))
                .eventType(
                        text(document, "eventType"),
                        document.path("eventVersion").asInt())
                .timestamp(InstantText.parse(text(document, "timestamp")))
                .aggregate(text(document, "aggregateType"), text(document, "aggregateId"))
                .sequenceNumber(sequenceNumber(document))
                .commandId(optionalText(document, "commandId"))
                .context(MessageContext.of(
                        optionalText(document, "correlationId"),
                        optionalText(document, "causationId"),
                        optionalText(document, "userId"),
                        attributes(document)))
                .build();
        return EventEnvelope.stored(metadata, data(document), decoder);
    }

    static long sequenceNumber(JsonNode document) {
        return document.path("sequenceNumber").asLong();
    }

    private static Map<String, String> attributes(JsonNode document) {
        JsonNode attributes = document.path("attributes");
        if (attributes.isEmpty()) {
            return Map.of();
        }
        Map<String, String> read = new LinkedHashMap<>();
        attributes
                .properties()
                .forEach(field -> read.put(field.getKey(), field.getValue().asText()));
        return read;
    }

    private static byte[] data(JsonNode document) {
        try {
            return JSON.writeValueAsBytes(document.path("data"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a parsed document cannot be serialized", e);
        }
    }

    private static String text(JsonNode document, String name) {
        String value = optionalText(document, name);
        if (value == null) {
            throw new IllegalStateException("the document "
                    + document.path("id").asText() + " of "
                    + document.path("streamId").asText() + " has no " + name
                    + ", so another program wrote it: restore or delete it");
        }
        return value;
    }

    private static @Nullable String optionalText(JsonNode document, String name) {
        JsonNode value = document.get(name);
        return value == null || value.isNull() ? null : value.asText();
    }

    static boolean isEvent(JsonNode document) {
        return KIND_EVENT.equals(document.path("kind").asText());
    }

    /** Returns the document that replaces an event of a deleted stream. It contains only the number. */
    static ObjectNode tombstone(StreamId stream, long sequenceNumber) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", eventId(sequenceNumber));
        document.put("kind", KIND_TOMBSTONE);
        document.put("streamId", stream.toString());
        document.put("sequenceNumber", sequenceNumber);
        return document;
    }

    static boolean isTombstone(JsonNode document) {
        return KIND_TOMBSTONE.equals(document.path("kind").asText());
    }

    static boolean isCommand(JsonNode document) {
        return KIND_COMMAND.equals(document.path("kind").asText());
    }

    static ObjectNode command(
            StreamId stream, IdempotencyKey command, long from, long to, String firstEventId, Duration retention) {
        return commandDocument(stream, command, retention)
                .put("fromSequenceNumber", from)
                .put("toSequenceNumber", to)
                .put("firstEventId", firstEventId);
    }

    /** Returns the document of a command that was rejected. It has the same id as that of an accepted one. */
    static ObjectNode rejection(StreamId stream, IdempotencyKey command, String error, Duration retention) {
        return commandDocument(stream, command, retention).put(REJECTED, error);
    }

    private static ObjectNode commandDocument(StreamId stream, IdempotencyKey command, Duration retention) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", commandId(command.commandId()))
                .put("kind", KIND_COMMAND)
                .put("streamId", stream.toString())
                .put("commandId", command.commandId())
                .put("fingerprint", command.fingerprint())
                .put("ttl", Math.toIntExact(retention.toSeconds()));
    }

    static HandledCommand handledCommand(JsonNode document) {
        return new HandledCommand(
                text(document, "commandId"),
                text(document, "fingerprint"),
                document.path("fromSequenceNumber").asLong(),
                document.path("toSequenceNumber").asLong(),
                Optional.ofNullable(optionalText(document, REJECTED)));
    }

    /** Returns the id of the first event of the command. An append uses it to recognize its own earlier attempt. */
    static Optional<String> firstEventId(JsonNode document) {
        return Optional.ofNullable(optionalText(document, "firstEventId"));
    }
}
