package io.daybook.sample.order.http;

import static com.fasterxml.jackson.databind.cfg.CoercionAction.Fail;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.Shipment;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the API: names in snake_case, amounts as numbers with all decimals, times in UTC with nine fractional
 * digits, absent values omitted. Input has no duplicate members, and each value has its own type.
 */
final class SnakeJson {

    /** A shipment is written as members of its order. */
    interface FlatShipment {
        @JsonUnwrapped
        @Nullable
        Shipment shipment();
    }

    private static final JsonFormat.Value NINE_DIGITS =
            JsonFormat.Value.forPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withTimeZone(TimeZone.getTimeZone("UTC"));

    /** Accepts a number, or text that contains one, since clients with binary numbers cannot represent 0.1. */
    private static final JsonDeserializer<BigDecimal> AMOUNT = new StdDeserializer<>(BigDecimal.class) {
        @Override
        public BigDecimal deserialize(JsonParser json, DeserializationContext context) throws IOException {
            boolean number = json.currentToken().isNumeric();
            if (!number && !json.getText().matches("-?[0-9]{1,20}(\\.[0-9]{1,20})?")) {
                return (BigDecimal) context.handleUnexpectedToken(BigDecimal.class, json);
            }
            return OrderRules.inCents(number ? json.getDecimalValue() : new BigDecimal(json.getText()));
        }
    };

    static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, Fail)
                            .setCoercion(CoercionInputShape.Float, Fail)
                            .setCoercion(CoercionInputShape.Boolean, Fail))
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addMixIn(OrderSnapshot.class, FlatShipment.class)
            .addModule(new SimpleModule("order-sample").addDeserializer(BigDecimal.class, AMOUNT))
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .withConfigOverride(Instant.class, times -> times.setFormat(NINE_DIGITS))
            .build();

    private SnakeJson() {}

    static byte[] write(Object answer) {
        try {
            return MAPPER.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the response " + answer.getClass().getName() + " cannot be written", e);
        }
    }
}
