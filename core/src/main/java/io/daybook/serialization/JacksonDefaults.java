package io.daybook.serialization;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.UntypedObjectDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.daybook.json.DeclaredSubtypes;
import io.daybook.json.ExactJson;
import io.daybook.json.FloatModule;
import io.daybook.json.InstantModule;
import io.daybook.json.RecordModule;
import io.daybook.json.RecordNaming;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How Daybook sets Jackson up, so that what is read is exactly what was written:
 * <ul>
 *   <li>times are ISO-8601 text, with every digit and in their own zone;
 *   <li>a {@link BigDecimal} is text, since databases that hold numbers as JavaScript does lose the scale of
 *       {@code 10.00}; integers beyond ±2<sup>53</sup> and negative zero are text for the same reason; numbers are read as well;
 *   <li>a member of type {@code Set} keeps the order of its elements;
 *   <li>unknown properties are tolerated, an absent or null primitive, a fraction for an integer and trailing text are
 *       not;
 *   <li>no type is ever chosen by what the JSON says: default typing is off, a mapper with it is refused, and so is the name
 *       of a class where an annotation asks for one; subtypes of one's own ({@code @JsonSubTypes}) are read, by name or by deduction;
 *   <li>a record is written by its components only: methods {@code getX()} and {@code isX()} beside them are no properties;
 *   <li>at most 100 levels of objects and lists, fewer than Cosmos DB allows for a document; numbers of at most 1,000
 *       digits; a {@link BigDecimal}, also within an {@code Object} or a tree, with at most 1,000 zeros behind or before its digits,
 *       so that no sum takes gigabytes.
 * </ul>
 *
 * <pre>{@code
 * AggregateType<Order, OrderEvent> type = AggregateType.named("Order", OrderEvent.class, Order::new)
 *         .mapper(JacksonDefaults.mapper().addModule(new SimpleModule("money")).build()) // a module of yours
 *         .on(OrderCreated.class, (order, event) -> {})
 *         .on(OrderShipped.class, (order, event) -> {})
 *         .build();
 * }</pre>
 */
public final class JacksonDefaults {

    private static final long MAX_EXACT = 1L << 53;
    private static final int MAX_NESTING = 100;

    private JacksonDefaults() {}

    /**
     * Starts a mapper with these settings, to which modules of one's own may be added.
     *
     * @return a new builder
     */
    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder(bounded())
                .nodeFactory(new BoundedNodes())
                .polymorphicTypeValidator(new DeclaredSubtypes())
                .accessorNaming(new RecordNaming())
                .addModule(new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID))
                .addModule(InstantModule.create())
                .addModule(RecordModule.create())
                .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                .addModule(FloatModule.create())
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

    static JsonFactory bounded() {
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
                .addDeserializer(Number.class, new BoundedNumberDeserializer())
                .addDeserializer(Object.class, new BoundedUntypedDeserializer())
                .addAbstractTypeMapping(Set.class, LinkedHashSet.class) // keeps the order, as an array does
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
            return bounded(json, super.deserialize(json, context));
        }
    }

    private static boolean isBounded(@Nullable Object value) {
        return !(value instanceof BigDecimal decimal) || Math.abs((long) decimal.scale()) <= ExactJson.MAX_SCALE;
    }

    private static <V extends @Nullable Object> V bounded(JsonParser json, V value) throws IOException {
        if (!isBounded(value)) {
            throw InvalidFormatException.from(json, "too many zeros", value, BigDecimal.class);
        }
        return value;
    }

    private static final class BoundedNumberDeserializer extends StdScalarDeserializer<Number> {

        private static final long serialVersionUID = 1L;

        BoundedNumberDeserializer() {
            super(Number.class);
        }

        @Override
        public @Nullable Number deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return bounded(json, (Number) NumberDeserializers.NumberDeserializer.instance.deserialize(json, context));
        }
    }

    /** Reads what is declared as {@code Object}; elements and values within it come here, too. */
    private static final class BoundedUntypedDeserializer extends UntypedObjectDeserializer {

        private static final long serialVersionUID = 1L;

        BoundedUntypedDeserializer() {
            super((JavaType) null, null);
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return bounded(json, super.deserialize(json, context));
        }
    }

    /** Makes trees whose numbers do not take gigabytes when something is done with them. */
    private static final class BoundedNodes extends JsonNodeFactory {

        private static final long serialVersionUID = 1L;

        BoundedNodes() {
            super(true);
        }

        @Override
        public ValueNode numberNode(@Nullable BigDecimal value) {
            if (!isBounded(value)) {
                throw new IllegalArgumentException("a number has more than " + ExactJson.MAX_SCALE + " zeros");
            }
            return super.numberNode(value);
        }
    }

    private static final class ExactIntegerSerializer<N extends Number> extends StdScalarSerializer<N> {

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

    private static final class ExactArraySerializer extends StdScalarSerializer<long[]> {

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
