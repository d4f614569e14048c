package io.daybook.serialization;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.daybook.json.InstantModule;
import io.daybook.json.RecordModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How Daybook sets Jackson up, so that what is read is exactly what was written:
 * <ul>
 *   <li>times are ISO-8601 text, with every digit and in their own zone;
 *   <li>a {@link BigDecimal} is text, since databases that hold numbers as JavaScript does lose the scale of
 *       {@code 10.00}; integers beyond ±2<sup>53</sup> are text for the same reason; numbers are read as well;
 *   <li>unknown properties are tolerated, an absent or null primitive, a fraction for an integer and trailing text are
 *       not;
 *   <li>no type is ever chosen by what the JSON says: default typing is off, a mapper with it is refused, and so is the name
 *       of a class where an annotation asks for one; names of types of one's own ({@code @JsonSubTypes}) are read;
 *   <li>at most 100 levels of objects and lists, fewer than Cosmos DB allows for a document; numbers of at most 1,000
 *       digits; a {@link BigDecimal} with at most 1,000 zeros behind or before its digits, so that no sum takes gigabytes.
 * </ul>
 *
 * <pre>{@code
 * AggregateType<Order, OrderEvent> type = AggregateType.named("Order", OrderEvent.class, Order::new)
 *         .mapper(JacksonDefaults.mapper().addModule(new SimpleModule("money")).build()) // a module of yours
 *         .on(OrderCreated.class, Order::onCreated)
 *         .build();
 * }</pre>
 */
public final class JacksonDefaults {

    private static final long MAX_EXACT = 1L << 53;
    private static final int MAX_NESTING = 100;
    private static final int MAX_SCALE = 1_000;

    private JacksonDefaults() {}

    /**
     * Starts a mapper with these settings, to which modules of one's own may be added.
     *
     * @return a new builder
     */
    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder(bounded())
                .polymorphicTypeValidator(
                        BasicPolymorphicTypeValidator.builder().build())
                .addModule(new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID))
                .addModule(InstantModule.create())
                .addModule(RecordModule.create())
                .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                .addModule(exactNumbers())
                .disable(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .withConfigOverride(
                        BigDecimal.class,
                        config -> config.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.STRING)));
    }

    private static JsonFactory bounded() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .build();
    }

    private static SimpleModule exactNumbers() {
        return new SimpleModule("daybook-exact-numbers")
                .addDeserializer(BigDecimal.class, new BoundedDecimalDeserializer())
                .addSerializer(Long.class, new ExactIntegerSerializer<>(Long.class))
                .addSerializer(Long.TYPE, new ExactIntegerSerializer<>(Long.class))
                .addSerializer(AtomicLong.class, new ExactIntegerSerializer<>(AtomicLong.class))
                .addSerializer(BigInteger.class, new ExactIntegerSerializer<>(BigInteger.class))
                .addSerializer(long[].class, new ExactArraySerializer());
    }

    private static final class BoundedDecimalDeserializer extends NumberDeserializers.BigDecimalDeserializer {

        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable BigDecimal deserialize(JsonParser json, DeserializationContext context) throws IOException {
            BigDecimal value = super.deserialize(json, context);
            if (value != null && Math.abs((long) value.scale()) > MAX_SCALE) {
                throw InvalidFormatException.from(json, "too many zeros", value, BigDecimal.class);
            }
            return value;
        }
    }

    private static final class ExactIntegerSerializer<N extends Number> extends StdSerializer<N> {

        private static final long serialVersionUID = 1L;

        ExactIntegerSerializer(Class<N> type) {
            super(type);
        }

        @Override
        public void serialize(N value, JsonGenerator json, SerializerProvider provider) throws IOException {
            boolean fits = value instanceof BigInteger big ? big.bitLength() < 63 : true;
            long number = value.longValue();
            if (fits && number >= -MAX_EXACT && number <= MAX_EXACT) {
                json.writeNumber(number);
            } else {
                json.writeString(value.toString());
            }
        }
    }

    private static final class ExactArraySerializer extends StdSerializer<long[]> {

        private static final long serialVersionUID = 1L;

        ExactArraySerializer() {
            super(long[].class);
        }

        @Override
        public void serialize(long[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartArray(values, values.length);
            for (long value : values) {
                provider.defaultSerializeValue(value, json);
            }
            json.writeEndArray();
        }
    }
}
