package io.daybook.sample.order.http;

import static com.fasterxml.jackson.databind.cfg.CoercionAction.Fail;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.Shipment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the API: names in snake_case, amounts as numbers with all decimals, times in UTC with nine fraction
 * digits, absent values omitted. Input must be an object in UTF-8 without duplicate members, and its numbers must be
 * exact and within bounds.
 */
final class SnakeJson {

    /** A shipment is written as members of its order. */
    interface FlatShipment {
        @JsonUnwrapped
        @Nullable
        Shipment shipment();
    }

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxNumberLength(100)
                            .maxNameLength(1_000)
                            .build())
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, Fail)
                            .setCoercion(CoercionInputShape.Float, Fail)
                            .setCoercion(CoercionInputShape.Boolean, Fail))
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addMixIn(OrderSnapshot.class, FlatShipment.class)
            .addModule(Scalars.module())
            .build();

    private SnakeJson() {}

    static byte[] write(Object answer) {
        try {
            return MAPPER.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the answer " + answer.getClass().getName() + " cannot be written", e);
        }
    }

    /** The answer as a tree, with the names and values of its JSON. */
    static JsonNode tree(Object answer) {
        return MAPPER.valueToTree(answer);
    }

    /** Reads an object, or ends the request with a problem that names the position and never quotes the body. */
    static ObjectNode read(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (CharacterCodingException e) {
            throw Problem.malformed("The body is not UTF-8");
        } catch (IOException | ArithmeticException | NumberFormatException e) {
            throw Problem.malformed("The body is not JSON that can be read" + place(e));
        }
        throw Problem.malformed("The body is not a JSON object");
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
