package io.daybook.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.json.InstantText;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The mapping between the documents of read models and those of their containers. No other class knows their members. */
final class ReadDocuments {

    static final String PARTITION = "pk";
    /** The index values, only in documents that queries find. */
    static final String INDEXED = "x";
    /** Orders documents with the same values. No index can have this name. */
    static final String KEY = "_key";

    static final String PARKED = "parked";
    static final String PARKED_AT = "at";
    /** The index values of a document that queries do not find. */
    private static final String HIDDEN = "hidden";
    /** Whether queries would find the document if it had content. */
    private static final String LISTED = "listed";

    /** How long the document of a deleted stream is kept, so that late events do not create it again. */
    private static final int SECONDS_GONE = 90 * 24 * 60 * 60;

    private static final Filter BY_KEY = Filter.all();

    private final ReadModelSchema schema;

    ReadDocuments(ReadModelSchema schema) {
        this.schema = schema;
    }

    static String idOf(DocumentKey key) {
        return EventDocuments.idOf(key.id());
    }

    /** Returns the document to store. Its content is included unparsed. */
    ObjectNode json(StoredDocument document, String write) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", idOf(document.key()));
        json.put(PARTITION, document.key().partition());
        json.put("seq", document.sequenceNumber());
        if (!document.eventId().isEmpty()) {
            json.put("eventId", document.eventId());
        }
        json.put("rev", document.revision());
        json.put("write", write);
        if (document.isFound()) {
            ObjectNode values = values(document);
            values.put(KEY, OrderedText.encode(PagePosition.of(BY_KEY, document).id()));
            json.set(INDEXED, values);
        } else {
            if (document.listed()) {
                json.put(LISTED, true);
            }
            if (!document.indexValues().isEmpty()) {
                json.set(HIDDEN, values(document));
            }
        }
        if (!document.recent().isEmpty()) {
            ObjectNode recent = json.putObject("recent");
            document.recent().forEach(recent::put);
        }
        if (document.gone()) {
            json.put("gone", true);
            json.put("ttl", SECONDS_GONE);
        }
        document.parking()
                .ifPresent(parking -> json.putObject(PARKED)
                        .put(PARKED_AT, parking.sequenceNumber())
                        .put("eventId", parking.eventId())
                        .put("error", parking.error())
                        .put("since", InstantText.format(parking.since()))
                        .put("attempts", parking.attempts()));
        if (!document.content().isEmpty()) {
            json.putRawValue("data", new RawValue(document.content()));
        }
        return json;
    }

    private ObjectNode values(StoredDocument document) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        document.indexValues().forEach((index, texts) -> {
            if (schema.multiValued().contains(index)) {
                ArrayNode several = values.putArray(index);
                texts.forEach(text -> several.add(OrderedText.encode(text)));
            } else if (texts.size() > 1) {
                throw new IllegalArgumentException(
                        "the document " + document.key().id() + " has " + texts.size()
                                + " values of the index " + index + " of " + schema.id()
                                + ", which is not declared as multi-valued: declare it as such, or use one value");
            } else if (!texts.isEmpty()) {
                values.put(index, OrderedText.encode(texts.get(0)));
            }
        });
        return values;
    }

    /** Returns an upper bound of the size of a document in bytes, without serializing it. */
    static long bytesAtMost(StoredDocument document) {
        long characters = 2_000; // names, numbers, times, and what the service adds
        characters += document.key().id().length()
                + document.key().partition().length()
                + document.eventId().length();
        for (Map.Entry<String, List<String>> index : document.indexValues().entrySet()) {
            characters += index.getKey().length() + 8L;
            for (String text : index.getValue()) {
                characters += text.length() + 4L;
            }
        }
        for (String stream : document.recent().keySet()) {
            characters += stream.length() + 30L;
        }
        // an escaped character takes up to six bytes
        return 6 * characters + document.content().getBytes(StandardCharsets.UTF_8).length;
    }

    static DocumentKey key(JsonNode json) {
        return new DocumentKey(
                json.path(PARTITION).asText(),
                EventDocuments.textOf(json.path("id").asText()));
    }

    static StoredDocument document(JsonNode json) {
        StoredDocument.Builder document = StoredDocument.builder(key(json))
                .etag(json.path("_etag").asText())
                .position(json.path("seq").asLong(), json.path("eventId").asText())
                .revision(json.path("rev").asLong())
                .gone(json.path("gone").asBoolean())
                .parking(parking(json.path(PARKED)))
                .recent(recent(json.path("recent")));
        boolean found = json.has(INDEXED);
        document.listed(found || json.path(LISTED).asBoolean());
        document.indexValues(indexValues(json.path(found ? INDEXED : HIDDEN)));
        JsonNode data = json.path("data");
        return document.content(data.isMissingNode() ? "" : data.toString()).build();
    }

    private static Map<String, List<String>> indexValues(JsonNode json) {
        Map<String, List<String>> values = new HashMap<>();
        json.properties().forEach(index -> {
            List<String> texts = new ArrayList<>();
            if (index.getValue().isArray()) {
                index.getValue().forEach(text -> texts.add(OrderedText.decode(text.asText())));
            } else {
                texts.add(OrderedText.decode(index.getValue().asText()));
            }
            values.put(index.getKey(), texts);
        });
        values.remove(KEY);
        return values;
    }

    private static Map<String, Long> recent(JsonNode json) {
        Map<String, Long> recent = new HashMap<>();
        json.properties()
                .forEach(stream -> recent.put(stream.getKey(), stream.getValue().asLong()));
        return recent;
    }

    private static @Nullable Parking parking(JsonNode json) {
        return json.isMissingNode()
                ? null
                : new Parking(
                        json.path(PARKED_AT).asLong(),
                        json.path("eventId").asText(),
                        json.path("error").asText(),
                        InstantText.parse(json.path("since").asText()),
                        json.path("attempts").asInt());
    }

    /** Returns the id of the write of a document, by which an attempt whose reply was lost is recognized. */
    static String write(JsonNode json) {
        return json.path("write").asText();
    }
}
