package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.ContainerSerializer;
import com.fasterxml.jackson.databind.ser.impl.BeanAsArraySerializer;
import com.fasterxml.jackson.databind.ser.impl.UnknownSerializer;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.ser.std.JsonValueSerializer;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A check of the Jackson mapping of a class and of every class reachable from its members. It verifies that Jackson
 * writes all state and reads everything that it writes. The check runs once, when a class is registered, so a mistake
 * is found at startup instead of in stored data. Whatever depends on values, such as members of type {@code Object}, is
 * checked later by comparing each encoded object with its decoded copy.
 */
public final class MappingCheck {

    /** The purpose for which a class is written as JSON. */
    public enum Use {
        /** An event. */
        EVENT("event", "aggregate type"),
        /** The state of a snapshot. */
        STATE("snapshot state", "aggregate type"),
        /** The state of a process. */
        PROCESS_STATE("process state", "process"),
        /** A document of a read model. */
        DOCUMENT("document", "projection"),
        /**
         * A command. Because a command need not be sent as JSON, members that have a fingerprint but no readable JSON
         * are accepted: sealed types without annotations, {@code Optional}, and records as map keys.
         */
        COMMAND("command", "aggregate type");

        private final String noun;
        private final String mapperOwner;

        Use(String noun, String mapperOwner) {
            this.noun = noun;
            this.mapperOwner = mapperOwner;
        }
    }

    private record Visit(JavaType type, Object written, Object read) {}

    private final Use use;
    private final Class<?> root;
    private final ObjectMapper mapper;
    private final SerializerProvider provider;
    private final DeserializationContext context;
    private final JacksonLookup lookup;
    private final Mirrors mirrors;
    private final Subtypes subtypes;
    private final Set<Visit> visited = new HashSet<>();

    private MappingCheck(Use use, Class<?> root, ObjectMapper mapper) {
        this.use = use;
        this.root = root;
        this.mapper = mapper;
        this.provider = mapper.getSerializerProviderInstance();
        this.context = ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
        this.lookup = new JacksonLookup(this, mapper, provider, context);
        this.mirrors = new Mirrors(this, mapper);
        this.subtypes = new Subtypes(this, mapper, use == Use.COMMAND);
    }

    /**
     * Checks a class.
     *
     * @param use the purpose of the JSON
     * @param type the class
     * @param mapper the Jackson mapper; neither modified nor retained
     * @throws IllegalArgumentException if part of the class would be lost or could not be read; the message names the class, the member and
     *     what to do
     */
    public static void require(Use use, Class<?> type, ObjectMapper mapper) {
        ObjectMapper used = use == Use.COMMAND ? OpenKeys.addTo(mapper.copy()) : mapper;
        MappingCheck check = new MappingCheck(use, type, used);
        try {
            check.root();
        } catch (JsonMappingException | IllegalStateException e) {
            throw check.failure(type.getName(), "cannot be mapped by Jackson (" + reason(e) + ")", "change the class");
        }
    }

    static String reason(Exception e) {
        return e instanceof JsonMappingException mapping
                ? mapping.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }

    IllegalArgumentException failure(String what, String reason, String advice) {
        return new IllegalArgumentException(
                "the " + use.noun + " " + root.getName() + " is rejected: " + what + " " + reason + ": " + advice);
    }

    /** Returns the noun for the object that the mapper is configured on. */
    String mapperOwner() {
        return use.mapperOwner;
    }

    private void root() throws JsonMappingException {
        if (root.getTypeParameters().length > 0) {
            throw failure(
                    root.getName(),
                    "has the type parameter " + root.getTypeParameters()[0].getName() + ", which JSON does not record",
                    "define a separate class for each type argument");
        }
        JavaType type = mapper.constructType(root);
        if (type.isEnumType() || type.isContainerType() || type.isPrimitive() || JdkTypes.isJdk(root)) {
            throw noObject();
        }
        JsonSerializer<?> serializer = lookup.serializer(type, root.getName());
        JsonDeserializer<?> deserializer = RecordModule.withoutOrder(lookup.deserializer(type, root.getName()));
        if (serializer instanceof JsonValueSerializer) {
            BeanDescription description = mapper.getSerializationConfig().introspect(type);
            JavaType value = description.findJsonValueAccessor().getType();
            if (!value.isMapLikeType()
                    && (value.isContainerType() || JdkTypes.isJdk(value.getRawClass()) || value.isEnumType())) {
                throw noObject();
            }
        }
        TypeSerializer typeId = provider.findTypeSerializer(type);
        if (serializer instanceof BeanAsArraySerializer
                || (typeId != null && typeId.getTypeInclusion() == JsonTypeInfo.As.WRAPPER_ARRAY)) {
            throw noObject();
        }
        check(type, serializer, deserializer, root.getName(), Optional.ofNullable(typeId));
    }

    private IllegalArgumentException noObject() {
        return failure(
                root.getName(), "is not written as a JSON object", "make it a record with a component for the value");
    }

    /** Checks a single member or one of its elements. */
    void member(JavaType type, String where) throws JsonMappingException {
        check(type, null, null, where, Optional.ofNullable(provider.findTypeSerializer(type)));
    }

    void subtype(JavaType type, TypeSerializer typeId, String where) throws JsonMappingException {
        check(type, lookup.serializer(type, where), lookup.deserializer(type, where), where, Optional.of(typeId));
    }

    private void check(
            JavaType type,
            @Nullable JsonSerializer<?> givenSerializer,
            @Nullable JsonDeserializer<?> givenDeserializer,
            String where,
            Optional<TypeSerializer> typeId)
            throws JsonMappingException {
        Class<?> raw = type.getRawClass();
        JdkTypes.lossOf(raw).ifPresent(loss -> {
            throw failure(where, "has the type " + raw.getName() + ", " + loss.what(), loss.advice());
        });
        if (JdkTypes.isOpen(raw)) {
            return;
        }
        if (use == Use.COMMAND && JdkTypes.isOptional(raw)) {
            if (raw == Optional.class) {
                member(type.containedTypeOrUnknown(0), where);
            }
            return;
        }
        if (typeId.isPresent() && givenSerializer == null) {
            subtypes.require(type, typeId.get(), where);
            return;
        }
        JsonSerializer<?> serializer = givenSerializer == null ? lookup.serializer(type, where) : givenSerializer;
        JsonDeserializer<?> deserializer = RecordModule.withoutOrder(
                givenDeserializer == null ? lookup.deserializer(type, where) : givenDeserializer);
        if (serializer.getClass().getSimpleName().equals("UnsupportedTypeSerializer")
                || deserializer.getClass().getSimpleName().equals("UnsupportedTypeDeserializer")) {
            throw failure(
                    where,
                    "has the type " + raw.getName() + ", which Jackson does not support without a module",
                    "use another type, or add the module to the mapper of the " + mapperOwner());
        }
        if (use != Use.COMMAND) {
            mirrors.requireScale(raw, serializer, where);
        }
        boolean ownSerializer = Mirrors.isOwn(serializer.getClass()) || serializer instanceof StdDelegatingSerializer;
        boolean ownDeserializer =
                Mirrors.isOwn(deserializer.getClass()) || deserializer instanceof StdDelegatingDeserializer;
        boolean sent = use == Use.COMMAND && ownSerializer;
        if ((ownSerializer && ownDeserializer) || sent || ((ownSerializer || ownDeserializer) && JdkTypes.isJdk(raw))) {
            return;
        }
        if (type.isEnumType()) {
            mirrors.requireConstants(type, where);
            return;
        }
        if (serializer instanceof UnknownSerializer && !ownDeserializer) {
            checkWithoutProperties(type, deserializer, where);
            return;
        }
        if (ownSerializer || ownDeserializer || serializer instanceof JsonValueSerializer) {
            mirrors.require(type, serializer, deserializer, where);
            return;
        }
        if (type.isContainerType() || type.isReferenceType()) {
            checkContainer(type, serializer, deserializer, where);
        } else if (deserializer instanceof AbstractDeserializer) {
            subtypes.requireTold(type, where);
        } else if (serializer instanceof BeanSerializerBase written
                && deserializer instanceof BeanDeserializerBase read) {
            checkBean(type, written, read, where, typeId);
        } else if (serializer instanceof BeanSerializerBase || deserializer instanceof BeanDeserializerBase) {
            mirrors.require(type, serializer, deserializer, where);
        }
    }

    private void checkWithoutProperties(JavaType type, JsonDeserializer<?> deserializer, String where)
            throws JsonMappingException {
        List<Field> state = BeanState.of(type.getRawClass());
        if (!state.isEmpty()) {
            throw failure(
                    state.get(0).getDeclaringClass().getName() + "."
                            + state.get(0).getName(),
                    "is not in the JSON",
                    "make the class a record, or annotate the field with @JsonProperty");
        }
        if (deserializer instanceof AbstractDeserializer) {
            subtypes.requireTold(type, where);
        } else if (JdkTypes.isJdk(type.getRawClass())) {
            throw noValue(type.getRawClass(), where);
        } else if (deserializer instanceof BeanDeserializerBase read) {
            requireCreator(type.getRawClass(), read.getValueInstantiator());
        }
    }

    private IllegalArgumentException noValue(Class<?> raw, String where) {
        return failure(
                where,
                "has the type " + raw.getName() + ", which Jackson does not treat as a value",
                "use a type that holds data, such as a record");
    }

    private void requireCreator(Class<?> raw, ValueInstantiator creator) {
        if (!creator.canCreateUsingDefault() && !creator.canCreateFromObjectWith()) {
            throw failure(
                    raw.getName(),
                    "has no constructor that Jackson can call",
                    "make it a record, or annotate a constructor with @JsonCreator and its parameters with @JsonProperty");
        }
    }

    private void checkContainer(
            JavaType type, JsonSerializer<?> serializer, JsonDeserializer<?> deserializer, String where)
            throws JsonMappingException {
        if (!JdkTypes.isJdk(type.getRawClass()) && !visited.add(new Visit(type, "elements", ""))) {
            return;
        }
        List<Field> fields = BeanState.of(type.getRawClass());
        if (!fields.isEmpty() && !type.isArrayType() && !type.isReferenceType()) {
            throw failure(
                    where,
                    "has the type " + type.getRawClass().getName() + ", whose field "
                            + fields.get(0).getName() + " is not written",
                    "store the collection in a member instead of extending its class");
        }
        if (type.isMapLikeType()) {
            MapEntries.require(this, type, serializer, provider, use != Use.COMMAND, where);
            JavaType key = type.getKeyType();
            JdkTypes.lossOf(key.getRawClass()).ifPresent(loss -> {
                throw failure(
                        where, "has keys of type " + key.getRawClass().getName() + ", " + loss.what(), loss.advice());
            });
            if (key.isEnumType()) {
                mirrors.requireConstants(key, where);
            }
        }
        JavaType content = type.getContentType();
        if (content == null || content.isPrimitive()) {
            return;
        }
        JsonSerializer<?> written =
                serializer instanceof ContainerSerializer<?> container ? container.getContentSerializer() : null;
        JsonDeserializer<?> read = deserializer instanceof ContainerDeserializerBase<?> container
                ? container.getContentDeserializer()
                : null;
        Optional<TypeSerializer> typeId = Optional.ofNullable(provider.findTypeSerializer(content));
        boolean own = written != null
                && read != null
                && (Mirrors.isOwn(written.getClass())
                        || Mirrors.isOwn(read.getClass())
                        || (written instanceof BeanSerializerBase && read instanceof BeanDeserializerBase));
        check(content, own ? written : null, own ? read : null, where, own ? Optional.empty() : typeId);
    }

    private void checkBean(
            JavaType type,
            BeanSerializerBase written,
            BeanDeserializerBase read,
            String where,
            Optional<TypeSerializer> typeId)
            throws JsonMappingException {
        Class<?> raw = type.getRawClass();
        if (JdkTypes.isJdk(raw) || Throwable.class.isAssignableFrom(raw)) {
            throw noValue(raw, where);
        }
        BeanProperties properties = new BeanProperties(this, mapper, type, written, read);
        if (!visited.add(new Visit(type, properties.writtenNames(), properties.readNames()))) {
            return;
        }
        ValueInstantiator creator = read.getValueInstantiator();
        boolean byDelegate = creator.canCreateUsingDelegate() && !creator.canCreateFromObjectWith();
        if (!byDelegate) {
            requireCreator(raw, creator);
            properties.requireSymmetry(
                    typeId.map(TypeSerializer::getPropertyName).orElse(""));
        }
        properties.requireInclusion(context);
        properties.requireState();
        for (BeanPropertyWriter writer : properties.written()) {
            checkProperty(raw, writer, properties.read(writer.getName()));
        }
    }

    private void checkProperty(Class<?> owner, BeanPropertyWriter writer, @Nullable SettableBeanProperty reader)
            throws JsonMappingException {
        String where = owner.getName() + "." + writer.getName();
        JavaType type = writer.getType();
        if (reader == null || writer.isUnwrapping()) {
            member(type, where);
            return;
        }
        if (!Scalars.agree(type.getRawClass(), reader.getType().getRawClass()) && writer.getSerializer() == null) {
            throw failure(
                    where,
                    "is written as " + type.getRawClass().getName() + ", but read as "
                            + reader.getType().getRawClass().getName(),
                    "use the same type for both");
        }
        TypeSerializer typeId = writer.getTypeSerializer();
        AnnotatedMember member = writer.getMember();
        if (subtypes.areToldBy(member)) {
            subtypes.require(type, member, where);
            return;
        }
        JsonSerializer<?> written = writer.getSerializer();
        if (written == null) {
            written = typeId == null ? lookup.contextual(type, writer, where) : null;
        }
        check(
                type,
                typeId == null ? written : null,
                typeId == null ? reader.getValueDeserializer() : null,
                where,
                Optional.ofNullable(typeId));
    }
}
