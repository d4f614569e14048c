package io.daybook.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.StdKeySerializers;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.ReferenceType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A factory of mappers that write all the content that identifies a command: the {@link TypeIds} that its JSON may omit, optionals, and map
 * keys of any class. Reading is unchanged.
 */
final class CanonicalMapper {

    private CanonicalMapper() {}

    static ObjectMapper of(ObjectMapper mapper) {
        ObjectMapper canonical = mapper.copy();
        canonical.setSerializerFactory(canonical
                .getSerializerFactory()
                .withAdditionalSerializers(new Optionals())
                .withSerializerModifier(new Modifier()));
        canonical.getSerializerProvider().setNullKeySerializer(new NullKeySerializer());
        AnnotationIntrospector annotations = canonical.getSerializationConfig().getAnnotationIntrospector();
        return canonical.setConfig(canonical
                .getSerializationConfig()
                .with(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true) // so that most members are already in order
                .without(
                        SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS,
                        SerializationFeature.FAIL_ON_UNWRAPPED_TYPE_IDENTIFIERS)
                .with(AnnotationIntrospectorPair.create(new TypeIds.Untyped(annotations), annotations))
                .with(new TypeIds()));
    }

    /** Writes a value with the type id that its declared type requires. */
    private static void write(Object value, JavaType declared, JsonGenerator json, SerializerProvider provider)
            throws IOException {
        JavaType type = declared.hasGenericTypes()
                ? provider.constructSpecializedType(declared, value.getClass())
                : provider.constructType(value.getClass());
        JsonSerializer<Object> serializer = provider.findValueSerializer(type, null);
        TypeSerializer typeIds = provider.findTypeSerializer(declared);
        if (typeIds == null) {
            serializer.serialize(value, json, provider);
        } else {
            serializer.serializeWithType(value, json, provider, typeIds);
        }
    }

    private static final class Optionals extends Serializers.Base {

        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription description) {
            Class<?> raw = type.getRawClass();
            if (raw == Optional.class) {
                return new OptionalSerializer(type.containedTypeOrUnknown(0));
            }
            return raw == OptionalInt.class || raw == OptionalLong.class || raw == OptionalDouble.class
                    ? new OptionalSerializer(config.constructType(Double.class))
                    : null;
        }

        @Override
        public @Nullable JsonSerializer<?> findReferenceSerializer(
                SerializationConfig config,
                ReferenceType type,
                BeanDescription description,
                @Nullable TypeSerializer contentTypeSerializer,
                @Nullable JsonSerializer<Object> contentSerializer) {
            return findSerializer(config, type, description);
        }
    }

    /** A serializer that writes an empty optional as null, which is omitted if it is a member. */
    private static final class OptionalSerializer extends StdSerializer<Object> {

        private static final long serialVersionUID = 1L;

        private final JavaType content;

        OptionalSerializer(JavaType content) {
            super(Object.class);
            this.content = content;
        }

        @Override
        public void serialize(Object optional, JsonGenerator json, SerializerProvider provider) throws IOException {
            Object value = value(optional);
            if (value == null) {
                json.writeNull();
            } else {
                write(value, content, json, provider);
            }
        }

        private static @Nullable Object value(Object optional) {
            if (optional instanceof Optional<?> any) {
                return any.orElse(null);
            } else if (optional instanceof OptionalInt number) {
                return number.isPresent() ? number.getAsInt() : null;
            } else if (optional instanceof OptionalLong number) {
                return number.isPresent() ? number.getAsLong() : null;
            }
            OptionalDouble number = (OptionalDouble) optional;
            return number.isPresent() ? number.getAsDouble() : null;
        }

        @Override
        public void serializeWithType(
                Object optional, JsonGenerator json, SerializerProvider provider, TypeSerializer type)
                throws IOException {
            serialize(optional, json, provider);
        }
    }

    private static final class Modifier extends BeanSerializerModifier {

        private static final long serialVersionUID = 1L;

        /** Returns a serializer that writes a key by its content, not by {@code toString}, unless its class or a module defines one. */
        @Override
        public JsonSerializer<?> modifyKeySerializer(
                SerializationConfig config, JavaType type, BeanDescription description, JsonSerializer<?> serializer) {
            boolean byDefault = serializer.getClass().getEnclosingClass() == StdKeySerializers.class;
            return byDefault && !type.isEnumType() && (!TypeIds.isOfJdk(type.getRawClass()) || TypeIds.isOpen(type))
                    ? new KeySerializer(type)
                    : serializer;
        }

        @Override
        @SuppressWarnings("unchecked")
        public JsonSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription description, JsonSerializer<?> serializer) {
            return writesTypes(serializer) ? serializer : new TypedSerializer((JsonSerializer<Object>) serializer);
        }

        /** Removes the type id where an annotation names a serializer that cannot write one. */
        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> properties) {
            for (BeanPropertyWriter property : properties) {
                if (property.hasSerializer() && !writesTypes(property.getSerializer())) {
                    property.assignTypeSerializer(null);
                }
            }
            return properties;
        }

        private static boolean writesTypes(JsonSerializer<?> serializer) {
            try {
                return serializer
                                .getClass()
                                .getMethod(
                                        "serializeWithType",
                                        Object.class,
                                        JsonGenerator.class,
                                        SerializerProvider.class,
                                        TypeSerializer.class)
                                .getDeclaringClass()
                        != JsonSerializer.class;
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every serializer has that method", e);
            }
        }
    }

    /** A serializer that adds the type id for a serializer that does not support type ids. */
    private static final class TypedSerializer extends JsonSerializer<Object> implements ContextualSerializer {

        private final JsonSerializer<Object> serializer;

        TypedSerializer(JsonSerializer<Object> serializer) {
            this.serializer = serializer;
        }

        @Override
        @SuppressWarnings("unchecked")
        public JsonSerializer<?> createContextual(SerializerProvider provider, @Nullable BeanProperty property)
                throws JsonMappingException {
            JsonSerializer<?> contextual = provider.handleSecondaryContextualization(serializer, property);
            return contextual == serializer ? this : new TypedSerializer((JsonSerializer<Object>) contextual);
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            serializer.serialize(value, json, provider);
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator json, SerializerProvider provider, TypeSerializer type) throws IOException {
            String id = type.getTypeIdResolver().idFromValue(value);
            if (id != null && json.canWriteTypeId()) {
                json.writeTypeId(id);
            }
            serializer.serialize(value, json, provider);
        }
    }

    private static final class KeySerializer extends StdSerializer<Object> {

        private static final long serialVersionUID = 1L;

        private final JavaType declared;

        KeySerializer(JavaType declared) {
            super(Object.class);
            this.declared = declared;
        }

        @Override
        public void serialize(Object key, JsonGenerator json, SerializerProvider provider) throws IOException {
            CanonicalJson name = CanonicalJson.like(json);
            write(key, declared, name, provider);
            json.writeFieldName(name.text());
        }
    }

    private static final class NullKeySerializer extends StdSerializer<Object> {

        private static final long serialVersionUID = 1L;

        NullKeySerializer() {
            super(Object.class);
        }

        @Override
        public void serialize(@Nullable Object key, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (json instanceof CanonicalJson canonical) {
                canonical.writeNullName();
            } else {
                json.writeFieldName("null");
            }
        }
    }
}
