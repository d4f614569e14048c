package io.daybook.projection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.StoredDocument;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON of a stored document in a cache, with the members that an answer needs. */
final class CachedJson {

    static final ObjectMapper JSON = new ObjectMapper();

    private CachedJson() {}

    /** Returns the text of a document: a line of JSON, and the content as it is stored. */
    static String text(StoredDocument document) {
        return members(document) + "\n" + document.content();
    }

    /** Returns the JSON of a document in a page. */
    static ObjectNode write(StoredDocument document) {
        return members(document).put("data", document.content());
    }

    private static ObjectNode members(StoredDocument document) {
        ObjectNode json = JSON.createObjectNode()
                .put("seq", document.sequenceNumber())
                .put("eventId", document.eventId())
                .put("gone", document.gone());
        document.parking()
                .ifPresent(parking -> json.putObject("parked")
                        .put("at", parking.sequenceNumber())
                        .put("eventId", parking.eventId())
                        .put("error", parking.error())
                        .put("since", parking.since().toString())
                        .put("attempts", parking.attempts()));
        return json;
    }

    /**
     * Reads the text of a document.
     *
     * @throws JsonProcessingException if the text is not JSON
     * @throws IllegalArgumentException if another version of this library wrote it in a different format
     * @throws java.time.DateTimeException if that version wrote the time in a different format
     */
    static StoredDocument read(DocumentKey key, CachedDocument cached) throws JsonProcessingException {
        int end = Math.max(0, cached.text().indexOf('\n'));
        JsonNode members = JSON.readTree(cached.text().substring(0, end));
        if (!members.path("seq").isNumber()) {
            throw new IllegalArgumentException("the cached document has no position");
        }
        return read(key, cached.revision(), members, cached.text().substring(end + 1));
    }

    /**
     * Reads the JSON of a document in a page.
     *
     * @throws IllegalArgumentException if another version of this library wrote it in a different format
     * @throws java.time.DateTimeException if that version wrote the time in a different format
     */
    static StoredDocument read(DocumentKey key, long revision, JsonNode json) {
        if (!json.path("data").isTextual()) {
            throw new IllegalArgumentException("the cached document has no data");
        }
        return read(key, revision, json, json.path("data").asText());
    }

    private static StoredDocument read(DocumentKey key, long revision, JsonNode json, String content) {
        return StoredDocument.builder(key)
                .position(json.path("seq").asLong(), json.path("eventId").asText())
                .revision(revision)
                .gone(json.path("gone").asBoolean())
                .content(content)
                .parking(parking(json.path("parked")))
                .build();
    }

    private static @Nullable Parking parking(JsonNode parked) {
        return parked.isObject()
                ? new Parking(
                        parked.path("at").asLong(),
                        parked.path("eventId").asText(),
                        parked.path("error").asText(),
                        Instant.parse(parked.path("since").asText()),
                        parked.path("attempts").asInt())
                : null;
    }
}
