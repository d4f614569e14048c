package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.ser.std.JsonValueSerializer;
import com.fasterxml.jackson.databind.ser.std.NumberSerializer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.util.List;

/**
 * A check that a value written by a serializer other than Jackson's bean serializer is read by a matching deserializer.
 */
final class Mirrors {

    private final MappingCheck check;
    private final ObjectMapper mapper;

    Mirrors(MappingCheck check, ObjectMapper mapper) {
        this.check = check;
        this.mapper = mapper;
    }

    /** Returns whether the codec is custom: part of neither Jackson nor this library. */
    static boolean isOwn(Class<?> codec) {
        String name = codec.getName();
        return !name.startsWith("com.fasterxml.jackson.")
                && !codec.getPackageName().equals(MappingCheck.class.getPackageName())
                && !name.startsWith("io.daybook.serialization.JacksonDefaults");
    }

    void require(JavaType type, JsonSerializer<?> serializer, JsonDeserializer<?> deserializer, String where)
            throws JsonMappingException {
        if (serializer instanceof JsonValueSerializer) {
            requireWhole(type, where);
        }
        if (serializer instanceof JsonValueSerializer && deserializer instanceof BeanDeserializerBase bean) {
            JavaType value = mapper.getSerializationConfig()
                    .introspect(type)
                    .findJsonValueAccessor()
                    .getType();
            if (!Scalars.isRead(bean.getValueInstantiator(), value)) {
                throw check.failure(
                        where,
                        "is written as its @JsonValue of type "
                                + value.getRawClass().getName() + ", but "
                                + type.getRawClass().getName() + " is not read from one",
                        "add a @JsonCreator(mode = DELEGATING) with a parameter of that type");
            }
            check.member(value, where);
            return;
        }
        if (serializer instanceof JsonValueSerializer) {
            return;
        }
        if (!(serializer instanceof BeanSerializerBase)
                && deserializer instanceof BeanDeserializerBase bean
                && Scalars.any(bean.getValueInstantiator())) {
            return;
        }
        boolean writes = isOwn(serializer.getClass()) || !(serializer instanceof BeanSerializerBase);
        throw check.failure(
                where,
                "of type " + type.getRawClass().getName() + " has a custom " + (writes ? "serializer" : "deserializer")
                        + ", but no " + (writes ? "deserializer" : "serializer") + " that mirrors it",
                "add one to the class or to the mapper of the " + check.mapperOwner());
    }

    /**
     * Rejects a {@code @JsonValue} field if there are other fields, since they would be lost. A method may combine all
     * of them.
     */
    private void requireWhole(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        String value = mapper.getSerializationConfig()
                .introspect(type)
                .findJsonValueAccessor()
                .getName();
        List<Field> state = BeanState.of(raw);
        boolean isField = state.removeIf(field -> field.getName().equals(value));
        if (isField && !state.isEmpty()) {
            throw check.failure(
                    where,
                    "is written as its @JsonValue " + value + ", which omits " + raw.getName() + "."
                            + state.get(0).getName(),
                    "remove @JsonValue");
        }
    }

    /**
     * Rejects a BigDecimal that is written as a number: databases that store numbers as JavaScript does turn 10.00 into
     * 10.
     */
    void requireScale(Class<?> raw, JsonSerializer<?> serializer, String where) {
        if (raw == BigDecimal.class && serializer instanceof NumberSerializer) {
            throw check.failure(
                    where,
                    "is a BigDecimal that is written as a number, whose scale databases lose",
                    "annotate it with @JsonFormat(shape = STRING), or start the mapper with JacksonDefaults.mapper()");
        }
    }

    void requireConstants(JavaType type, String where) {
        for (Object constant : type.getRawClass().getEnumConstants()) {
            Object back;
            try {
                back = mapper.readerFor(type).readValue(mapper.writerFor(type).writeValueAsBytes(constant));
            } catch (IOException | RuntimeException e) {
                back = null;
            }
            if (constant != back) {
                throw check.failure(
                        where,
                        "has the enum " + type.getRawClass().getName() + ", whose constant "
                                + ((Enum<?>) constant).name() + " cannot be read from its own JSON",
                        "use @JsonValue, @JsonProperty and @JsonCreator annotations that match each other");
            }
        }
    }
}
