package io.daybook.projection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.StoredDocument;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON of a stored document in a cache, with the members that an answer needs. */
final class CachedJson {

    static final ObjectMapper JSON = new ObjectMapper();

    private CachedJson() {}

    static ObjectNode write(StoredDocument document) {
        ObjectNode json = JSON.createObjectNode()
                .put("seq", document.sequenceNumber())
                .put("eventId", document.eventId())
                .put("gone", document.gone())
                .put("data", document.content());
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
     * Reads a document.
     *
     * @throws IllegalArgumentException if another version of this library wrote it in a different format
     * @throws java.time.DateTimeException if that version wrote the time in a different format
     */
    static StoredDocument read(DocumentKey key, long revision, JsonNode json) {
        if (!json.path("data").isTextual()) {
            throw new IllegalArgumentException("the cached document has no data");
        }
        return StoredDocument.builder(key)
                .position(json.path("seq").asLong(), json.path("eventId").asText())
                .revision(revision)
                .gone(json.path("gone").asBoolean())
                .content(json.path("data").asText())
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
