package io.daybook.sample.order.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads bodies: JSON objects in UTF-8, each property once, numbers exact, within bounds. */
final class StrictJson {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxNumberLength(100)
                            .maxNameLength(1_000)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private StrictJson() {}

    /** Reads an object, or ends the request; a problem names the position and never quotes the body. */
    static ObjectNode readObject(byte[] body) {
        if (body.length == 0) {
            throw Problem.malformed("The body is empty, a JSON object is needed")
                    .asException();
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(decode(body));
        } catch (CharacterCodingException e) {
            throw Problem.malformed("The body is not UTF-8").asException();
        } catch (IOException | ArithmeticException | NumberFormatException e) {
            throw Problem.malformed("The body is not JSON that can be read" + place(e))
                    .asException();
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Problem.malformed("The body is not a JSON object").asException();
    }

    private static String decode(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private static String place(Exception failure) {
        if (failure instanceof JsonProcessingException json && json.getLocation() != null) {
            boolean twice = json.getOriginalMessage().startsWith("Duplicate");
            return ", line " + json.getLocation().getLineNr() + ", column "
                    + json.getLocation().getColumnNr() + (twice ? ": a property occurs twice" : "");
        }
        return "";
    }
}
