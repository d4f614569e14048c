package io.daybook.servicebus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.json.InstantText;
import io.daybook.subscription.ParkedStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The position and reason of a parked stream: the state of its session, and a property of each of its dead letters. Holds no payload.
 *
 * @param number the sequence number of the first event that was not handled
 * @param eventId the id of that event
 * @param error the class of the exception
 * @param since when the stream was parked
 * @param attempts the number of times that the event was delivered
 */
record ParkedPosition(long number, String eventId, String error, Instant since, int attempts) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String NOT_OURS =
            "the session state was not written by Daybook: clear it, and keep other state elsewhere";

    static ParkedPosition of(ParkedStream stream) {
        return new ParkedPosition(
                stream.sequenceNumber(), stream.eventId(), stream.error(), stream.since(), stream.attempts());
    }

    String toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("parkedAt", number)
                .put("eventId", eventId)
                .put("error", error)
                .put("since", InstantText.format(since))
                .put("attempts", attempts)
                .toString();
    }

    byte[] toBytes() {
        return toJson().getBytes(StandardCharsets.UTF_8);
    }

    static ParkedPosition parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Fails for a session state that another program has written, so that no event is mistaken for one that is not parked. */
    static ParkedPosition parse(byte[] json) {
        try {
            JsonNode position = JSON.readTree(json);
            return new ParkedPosition(
                    required(position, "parkedAt").longValue(),
                    required(position, "eventId").textValue(),
                    required(position, "error").textValue(),
                    InstantText.parse(required(position, "since").textValue()),
                    required(position, "attempts").intValue());
        } catch (IOException | DateTimeException e) {
            throw new IllegalStateException(NOT_OURS, e);
        }
    }

    private static JsonNode required(JsonNode position, String name) {
        JsonNode value = position.get(name);
        if (value == null || value.isNull()) {
            throw new IllegalStateException(NOT_OURS);
        }
        return value;
    }
}
