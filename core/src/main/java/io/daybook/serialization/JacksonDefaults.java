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
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.UntypedObjectDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
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
 * The settings that Daybook uses for Jackson. They ensure that a value is read exactly as it was written:
 * <ul>
 *   <li>Times are ISO-8601 text, with all digits and their original zone.
 *   <li>A {@link BigDecimal} is written as text, because databases that use JavaScript's number format lose the scale
 *       of {@code 10.00}. Integers beyond ±2<sup>53</sup> and negative zero are written as text for the same reason.
 *       All of these values can also be read from JSON numbers.
 *   <li>A member of type {@code Set} keeps the order of its elements.
 *   <li>Unknown properties are ignored. An absent or null value for a primitive, a fraction for an integer, and
 *       trailing text are rejected.
 *   <li>JSON never chooses a class. Default typing is off, and a mapper that enables it is rejected. Class names are
 *       rejected even if an annotation requests them. Declared subtypes ({@code @JsonSubTypes}) are supported, by name
 *       or by deduction.
 *   <li>Only the components of a record are written. Additional methods such as {@code getX()} and {@code isX()} are
 *       not properties.
 *   <li>Objects and lists can be nested at most 100 levels deep, which is less than Cosmos DB allows for a document.
 *       Numbers can have at most 1,000 digits. A {@link BigDecimal}, even within an {@code Object} or a tree, can have
 *       at most 1,000 zeros before or after its digits, so that no addition requires gigabytes of memory.
 * </ul>
 *
 * <pre>{@code
 * AggregateType<Order, OrderEvent> type = AggregateType.named("Order", OrderEvent.class, Order::new)
 *         .mapper(JacksonDefaults.mapper().addModule(new SimpleModule("money")).build()) // your own module
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
     * Returns a builder of a mapper with these settings, to which custom modules can be added.
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
                .addDeserializer(AtomicLong.class, new StdDelegatingDeserializer<>(new AtomicLongConverter()))
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

    /** Keeps all bits of an {@code AtomicLong} that was written as text. Jackson 2.21.0 keeps the low 32. */
    private static final class AtomicLongConverter extends StdConverter<Long, AtomicLong> {

        @Override
        public AtomicLong convert(Long value) {
            return new AtomicLong(value);
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

    /** Reads members declared as {@code Object}, and the elements and values within them. */
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

    /** Creates trees whose numbers do not take gigabytes when they are used in arithmetic. */
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
