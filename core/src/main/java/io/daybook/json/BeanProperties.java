package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonIdentityReference;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.CreatorProperty;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.ser.AnyGetterWriter;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The properties of a class that Jackson writes, the properties that it reads, and the state of the class. */
final class BeanProperties {

    /** Exposes what Jackson's property writer shows only to its subclasses. */
    private static final class Peek extends BeanPropertyWriter {

        private static final long serialVersionUID = 1L;

        Peek(BeanPropertyWriter writer) {
            super(writer);
        }

        boolean leavesOutNull() {
            return _suppressNulls;
        }

        @Nullable
        Object leftOut() {
            return _suppressableValue;
        }
    }

    private final MappingCheck check;
    private final ObjectMapper mapper;
    private final Class<?> raw;
    private final BeanDescription writing;
    private final BeanDescription reading;
    private final BeanDeserializerBase deserializer;
    private final Map<String, BeanPropertyWriter> written = new LinkedHashMap<>();
    private final Map<String, SettableBeanProperty> read = new LinkedHashMap<>();

    BeanProperties(
            MappingCheck check,
            ObjectMapper mapper,
            JavaType type,
            BeanSerializerBase serializer,
            BeanDeserializerBase deserializer) {
        this.check = check;
        this.mapper = mapper;
        this.raw = type.getRawClass();
        this.deserializer = deserializer;
        this.writing = mapper.getSerializationConfig().introspect(type);
        this.reading = mapper.getDeserializationConfig().introspect(type);
        serializer.properties().forEachRemaining(property -> {
            if (property instanceof BeanPropertyWriter writer && !(property instanceof AnyGetterWriter)) {
                written.put(writer.getName(), writer);
            }
        });
        for (Iterator<SettableBeanProperty> properties :
                List.of(deserializer.properties(), deserializer.creatorProperties())) {
            properties.forEachRemaining(property -> {
                if (!property.isIgnorable()) {
                    read.put(property.getName(), property);
                }
            });
        }
        if (mapper.getSerializationConfig().getAnnotationIntrospector().findFilterId(writing.getClassInfo()) != null) {
            throw check.failure(raw.getName(), "has a @JsonFilter, so the written members can vary", "remove it");
        }
        if (isId(writing.getClassAnnotations().get(JsonIdentityReference.class))) {
            throw idOnly(raw.getName());
        }
    }

    Set<String> writtenNames() {
        return Set.copyOf(written.keySet());
    }

    Set<String> readNames() {
        return Set.copyOf(read.keySet());
    }

    Collection<BeanPropertyWriter> written() {
        return written.values();
    }

    @Nullable
    SettableBeanProperty read(String name) {
        return read.get(name);
    }

    private static boolean isId(@Nullable JsonIdentityReference annotation) {
        return annotation != null && annotation.alwaysAsId();
    }

    private IllegalArgumentException idOnly(String where) {
        return check.failure(
                where, "is written as its id only (@JsonIdentityReference)", "use a component for the id instead");
    }

    /** Checks that no name is written twice: by a property and by an unwrapped one. */
    private void requireDistinctNames() {
        Set<String> names = new HashSet<>();
        for (BeanPropertyWriter writer : written.values()) {
            if (isId(writer.getAnnotation(JsonIdentityReference.class))) {
                throw idOnly(raw.getName() + "." + writer.getName());
            }
            JsonUnwrapped unwrapped = writer.isUnwrapping() ? writer.getAnnotation(JsonUnwrapped.class) : null;
            List<String> own = unwrapped == null
                    ? List.of(writer.getName())
                    : mapper.getSerializationConfig().introspect(writer.getType()).findProperties().stream()
                            .map(property -> unwrapped.prefix() + property.getName() + unwrapped.suffix())
                            .toList();
            for (String name : own) {
                if (!names.add(name)) {
                    throw check.failure(
                            raw.getName() + "." + writer.getName(),
                            "is unwrapped into a member " + name + ", which already exists",
                            "add a prefix to @JsonUnwrapped");
                }
            }
        }
    }

    void requireSymmetry(String typeIdName) {
        requireDistinctNames();
        boolean writesAny = writing.findAnyGetter() != null;
        boolean readsAny = reading.findAnySetterAccessor() != null;
        if (writesAny != readsAny) {
            throw check.failure(
                    raw.getName(),
                    writesAny
                            ? "has a @JsonAnyGetter, but nothing that reads it"
                            : "has a @JsonAnySetter, but nothing that writes it",
                    writesAny ? "add a @JsonAnySetter" : "add a @JsonAnyGetter");
        }
        for (BeanPropertyWriter writer : written.values()) {
            if (!writer.isUnwrapping()
                    && !read.containsKey(writer.getName())
                    && !writer.getName().equals(typeIdName)) {
                Member member =
                        writer.getMember() == null ? null : writer.getMember().getMember();
                throw check.failure(
                        raw.getName() + "." + writer.getName(),
                        "is written" + (member == null ? "" : " from " + member.getName()) + " but not read",
                        raw.isRecord()
                                ? "remove the annotation that prevents reading, or the method if it is not a component"
                                : "add a setter or a creator parameter, or annotate it with @JsonIgnore if it is computed");
            }
        }
        Set<String> unwrapped = unwrapped(reading);
        for (String name : read.keySet()) {
            if (!written.containsKey(name) && !unwrapped.contains(name) && !isAny(reading, name)) {
                throw check.failure(
                        raw.getName() + "." + name,
                        "is read but not written",
                        raw.isRecord()
                                ? "remove the annotation that prevents writing"
                                : "add a getter, or @JsonAlias if it is an older name");
            }
        }
        if (!unwrapped.equals(unwrapped(writing))) {
            throw check.failure(
                    raw.getName(),
                    "has @JsonUnwrapped only for writing or only for reading",
                    "put the annotation where it applies to both");
        }
    }

    private static boolean isAny(BeanDescription description, String name) {
        AnnotatedMember any = description.findAnySetterAccessor();
        return any != null && any.getName().equals(name);
    }

    private static Set<String> unwrapped(BeanDescription description) {
        Set<String> names = new TreeSet<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            AnnotatedMember member = property.getPrimaryMember();
            if (member != null && member.hasAnnotation(JsonUnwrapped.class)) {
                names.add(property.getName());
            }
        }
        return names;
    }

    /** Checks that a value that is omitted from the JSON is restored when the JSON is read. */
    void requireInclusion(DeserializationContext context) {
        for (BeanPropertyWriter writer : written.values()) {
            Peek peek = new Peek(writer);
            Object leftOut = peek.leftOut();
            if (leftOut == null && !peek.leavesOutNull()) {
                continue;
            }
            SettableBeanProperty property = read.get(writer.getName());
            Object absent = property == null ? null : absent(property, context);
            boolean emptyOnly = leftOut == JsonInclude.Include.NON_EMPTY && !canBeEmpty(writer.getType());
            boolean lostNull = peek.leavesOutNull()
                    && absent != null
                    && !writer.getType().isPrimitive()
                    && !writer.getType().isReferenceType();
            boolean lostValue = leftOut != null && !emptyOnly && !leftOut.equals(absent);
            if (lostNull || lostValue) {
                throw check.failure(
                        raw.getName() + "." + writer.getName(),
                        "is omitted from the JSON for some values that change when they are read back (@JsonInclude)",
                        "annotate it with @JsonInclude(ALWAYS)");
            }
        }
    }

    private static boolean canBeEmpty(JavaType type) {
        return !type.isReferenceType()
                && (type.isContainerType()
                        || CharSequence.class.isAssignableFrom(type.getRawClass())
                        || JdkTypes.isOpen(type.getRawClass())
                        || JsonNode.class.isAssignableFrom(type.getRawClass()));
    }

    private @Nullable Object absent(SettableBeanProperty property, DeserializationContext context) {
        AnnotatedMember member = property.getMember();
        if (property instanceof CreatorProperty
                && deserializer.getValueInstantiator().canCreateFromObjectWith()) {
            return null;
        }
        BeanPropertyWriter writer = written.get(property.getName());
        AnnotatedMember reader = writer == null ? member : writer.getMember();
        try {
            return reader == null
                    ? null
                    : reader.getValue(deserializer.getValueInstantiator().createUsingDefault(context));
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** Checks that every field of the state is a property that is written and read. */
    void requireState() {
        List<BeanPropertyWriter> unmatched = new ArrayList<>();
        List<Field> state = new ArrayList<>(BeanState.of(raw));
        for (BeanPropertyWriter writer : written.values()) {
            List<String> names = names(writer);
            Field field = fieldOf(writer, names, state);
            if (field == null) {
                unmatched.add(writer);
            } else {
                state.remove(field);
            }
        }
        AnnotatedMember any = writing.findAnyGetter();
        if (any != null && !state.removeIf(field -> names(any.getName()).contains(field.getName()))) {
            state.stream()
                    .filter(field -> Map.class.isAssignableFrom(field.getType()))
                    .findFirst()
                    .ifPresent(state::remove);
        }
        for (Field field : List.copyOf(state)) {
            BeanPropertyWriter same = raw.isRecord()
                    ? null
                    : unmatched.stream()
                            .filter(writer -> writer.getType().getRawClass() == field.getType())
                            .findFirst()
                            .orElse(null);
            if (same == null) {
                throw check.failure(
                        field.getDeclaringClass().getName() + "." + field.getName(),
                        "is not in the JSON",
                        raw.isRecord()
                                ? "remove the annotation that omits it"
                                : "add a getter and a setter or creator parameter, annotate it with @JsonProperty, or make it transient");
            }
            unmatched.remove(same);
            state.remove(field);
        }
    }

    /** Finds the one field behind a property. A field that hides a superclass field cannot represent both. */
    private static @Nullable Field fieldOf(BeanPropertyWriter writer, List<String> names, List<Field> state) {
        AnnotatedMember member = writer.getMember();
        if (member != null && member.getMember() instanceof Field field && state.contains(field)) {
            return field;
        }
        for (String name : names) {
            for (Field field : state) {
                if (field.getName().equals(name)) {
                    return field;
                }
            }
        }
        return null;
    }

    /** Returns the names that a field behind a property can have. */
    private List<String> names(BeanPropertyWriter writer) {
        List<String> names = new ArrayList<>();
        for (BeanPropertyDefinition property : writing.findProperties()) {
            if (property.getName().equals(writer.getName())) {
                names.addAll(names(property.getInternalName()));
            }
        }
        if (writer.getMember() != null) {
            names.addAll(names(writer.getMember().getName()));
        }
        return names;
    }

    private static List<String> names(String property) {
        String start = property.isEmpty() ? "" : property.substring(0, 1);
        String is = "is" + start.toUpperCase(Locale.ROOT) + (property.isEmpty() ? "" : property.substring(1));
        String bare = property.replaceFirst("^(get|is)(?=[A-Z])", "");
        String lower = bare.isEmpty() ? bare : bare.substring(0, 1).toLowerCase(Locale.ROOT) + bare.substring(1);
        return List.of(property, is, lower, "_" + property);
    }
}
