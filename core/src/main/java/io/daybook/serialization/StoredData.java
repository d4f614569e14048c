package io.daybook.serialization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.daybook.event.EventMetadata;
import java.io.IOException;

/** A check of data that is copied without being decoded: a database stores it in a document unchanged. */
final class StoredData {

    private static final JsonFactory JSON = JacksonDefaults.bounded()
            .rebuild()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StoredData() {}

    static void requireObject(EventMetadata metadata, byte[] data) {
        if (!isObject(data)) {
            throw new EventSerializationException(
                    "the event " + metadata.eventId() + " of type " + metadata.eventType() + " version "
                            + metadata.eventVersion()
                            + " cannot be copied: its data is not a single JSON object without duplicate properties",
                    metadata.eventType(),
                    metadata.eventVersion(),
                    "",
                    null);
        }
    }

    private static boolean isObject(byte[] data) {
        if (data.length == 0 || data[0] != '{') { // also rejects a byte order mark or another encoding
            return false;
        }
        try (JsonParser json = JSON.createParser(data)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                json.finishToken(); // detects faults within text
                if (token.isStructEnd() && json.getParsingContext().inRoot()) {
                    return json.nextToken() == null;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }
}
