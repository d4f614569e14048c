package io.daybook.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A codec for the JSON of named and versioned types, shared by events and commands. JSON of the current version is bound directly to its
 * class. A tree is built only where an {@link Upcast} applies. Immutable and thread-safe.
 */
public final class VersionedJson {

    /**
     * A type in its current version.
     *
     * @param name the stored name
     * @param version the current version, from 1
     * @param since the oldest version that JSON can have; upcasters must lead from it to the current one
     * @param javaClass the class that the JSON is bound to
     * @param mapper the Jackson mapper for this type; copied once for all types that share it
     */
    public record Type(String name, int version, int since, Class<?> javaClass, ObjectMapper mapper) {}

    /**
     * A step from one version to the next.
     *
     * @param type the stored name of the input type
     * @param version the input version, from 1
     * @param newType the stored name of the output type, in the next version
     * @param change modifies the JSON and returns it
     */
    public record Upcast(String type, int version, String newType, UnaryOperator<ObjectNode> change) {

        int newVersion() {
            return version + 1;
        }
    }

    /**
     * Thrown when JSON cannot be read. Neither the message nor the cause contains any part of the JSON.
     */
    public static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean unknownType;
        private final String path;

        private UnreadableException(boolean unknownType, String path, String reason) {
            super(reason);
            this.unknownType = unknownType;
            this.path = path;
        }

        /**
         * {@return whether the type or its version is unknown, as opposed to JSON that does not match it}
         */
        public boolean unknownType() {
            return unknownType;
        }

        /**
         * {@return the location of the fault in the JSON, such as {@code items[0].quantity}, with {@code *} for the key of a map; empty for
         * the whole JSON}
         */
        public String path() {
            return path;
        }
    }

    private record Key(String type, int version) {}

    private record Binding(
            Type type,
            ObjectMapper mapper,
            ObjectReader reader,
            ObjectReader strictReader,
            ObjectReader treeReader,
            ObjectReader strictTreeReader,
            ObjectWriter writer) {

        static Binding of(Type type, ObjectMapper mapper) {
            ObjectReader reader = mapper.readerFor(type.javaClass());
            ObjectReader treeReader = mapper.readerFor(JsonNode.class);
            return new Binding(
                    type,
                    mapper,
                    reader,
                    strict(reader),
                    treeReader,
                    strict(treeReader),
                    mapper.writerFor(type.javaClass()));
        }

        ObjectReader reader(boolean strict) {
            return strict ? strictReader : reader;
        }

        ObjectReader treeReader(boolean strict) {
            return strict ? strictTreeReader : treeReader;
        }
    }

    private final Map<String, Binding> byName = new HashMap<>();
    private final Map<Class<?>, Binding> byClass = new HashMap<>();
    private final Map<Key, Upcast> upcasters = new HashMap<>();
    private final Map<Key, Binding> older = new HashMap<>();

    /**
     * Creates a codec for types and their upcasters.
     *
     * @param types the types in their current versions
     * @param upcasters convert older versions to the next one; in any order
     * @throws IllegalArgumentException if two upcasters take the same version, one of them leads to no current type or takes one, one is
     *     missing, or a mapper is unsafe
     */
    public VersionedJson(Collection<Type> types, Collection<Upcast> upcasters) {
        Map<ObjectMapper, ObjectMapper> copies = new HashMap<>();
        for (Type type : types) {
            ObjectMapper mapper = copies.computeIfAbsent(
                    type.mapper(), original -> requireSafe(original).copy());
            Binding binding = Binding.of(type, mapper);
            byName.put(type.name(), binding);
            byClass.put(type.javaClass(), binding);
        }
        for (Upcast upcaster : upcasters) {
            if (this.upcasters.putIfAbsent(new Key(upcaster.type(), upcaster.version()), upcaster) != null) {
                throw new IllegalArgumentException(
                        "two upcasters take " + upcaster.type() + " version " + upcaster.version() + ": keep one");
            }
        }
        for (Upcast upcaster : upcasters) {
            older.put(new Key(upcaster.type(), upcaster.version()), end(upcaster));
        }
        upcasters.forEach(this::refuseIdle);
        types.forEach(type -> requireUpcasters(type, type.name(), type.version(), upcasters));
    }

    private static void requireUpcasters(Type type, String name, int version, Collection<Upcast> upcasters) {
        if (version <= type.since()) {
            return;
        }
        List<Upcast> steps = upcasters.stream()
                .filter(step -> step.newType().equals(name) && step.newVersion() == version)
                .toList();
        if (steps.isEmpty()) {
            throw new IllegalArgumentException(type.javaClass().getName() + " is " + type.name() + " version "
                    + type.version() + ", but no upcaster leads to " + name + " version " + version
                    + ": add one that takes version " + (version - 1) + ", or state since = " + version
                    + " in its annotation if no older version exists");
        }
        steps.forEach(step -> requireUpcasters(type, step.type(), step.version(), upcasters));
    }

    private static ObjectReader strict(ObjectReader reader) {
        return reader.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
    }

    /**
     * Rejects a mapper that lets JSON choose the classes to create, or that writes invalid JSON.
     *
     * @param mapper the application's mapper
     * @return the mapper
     * @throws IllegalArgumentException if its default typing is on, or it writes names without quotes or {@code NaN} as a number
     */
    public static ObjectMapper requireSafe(ObjectMapper mapper) {
        if (mapper.getDeserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException(
                    "the ObjectMapper has default typing on, which lets stored JSON create any class: turn it off");
        }
        JsonFactory factory = mapper.getFactory();
        if (!factory.isEnabled(JsonWriteFeature.QUOTE_FIELD_NAMES.mappedFeature())
                || !factory.isEnabled(JsonWriteFeature.WRITE_NAN_AS_STRINGS.mappedFeature())) {
            throw new IllegalArgumentException(
                    "the ObjectMapper writes text that is not JSON, which databases refuse or alter:"
                            + " turn on QUOTE_FIELD_NAMES and WRITE_NAN_AS_STRINGS");
        }
        return mapper;
    }

    /** Rejects an upcaster of the current version. It would never run, since that JSON is bound directly to its class. */
    private void refuseIdle(Upcast upcaster) {
        Binding present = byName.get(upcaster.type());
        if (present != null && present.type().version() == upcaster.version()) {
            throw new IllegalArgumentException("an upcaster takes " + upcaster.type() + " version " + upcaster.version()
                    + ", which a class is registered for: remove the class or the upcaster");
        }
    }

    private Binding end(Upcast start) {
        Upcast last = start;
        Upcast next = start;
        while (next != null) {
            last = next;
            next = upcasters.get(new Key(last.newType(), last.newVersion()));
        }
        Binding end = byName.get(last.newType());
        if (end == null) {
            throw new IllegalArgumentException("the upcaster of " + start.type() + " version " + start.version()
                    + " leads to " + last.newType() + ", which no class is registered for");
        }
        if (end.type().version() != last.newVersion()) {
            throw new IllegalArgumentException("the upcasters from " + start.type() + " version " + start.version()
                    + " end at " + last.newType() + " version " + last.newVersion() + ", the class is at version "
                    + end.type().version() + ": add the missing upcaster, or correct the version of the class");
        }
        return end;
    }

    /**
     * Writes an object.
     *
     * @param value an object of a registered class
     * @return UTF-8 JSON
     * @throws IllegalArgumentException if the class is not registered
     * @throws UnreadableException if the object cannot be written, or {@link ExactJson#alteredIn} finds a fault in its JSON
     */
    public byte[] write(Object value) throws UnreadableException {
        Binding binding = byClass.get(value.getClass());
        if (binding == null) {
            throw new IllegalArgumentException(value.getClass().getName() + " is not registered");
        }
        byte[] json;
        try {
            json = binding.writer().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw unreadable(e, binding.mapper());
        }
        ExactJson.Fault fault = ExactJson.alteredIn(json);
        if (fault != null) {
            throw refused(fault, binding);
        }
        return json;
    }

    /**
     * Writes an object to the caller's generator.
     *
     * @param value an object of a registered class
     * @param to the generator to write to
     * @throws IllegalArgumentException if the class is not registered
     * @throws UnreadableException if the object cannot be written
     */
    public void write(Object value, JsonGenerator to) throws UnreadableException {
        Binding binding = byClass.get(value.getClass());
        if (binding == null) {
            throw new IllegalArgumentException(value.getClass().getName() + " is not registered");
        }
        try {
            binding.writer().writeValue(to, value);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e, binding.mapper());
        }
    }

    /**
     * Reads an object from JSON of any origin. Rejects duplicate properties, and faults that {@link ExactJson#harmfulIn} finds.
     *
     * @param name the stored name of its type
     * @param version the version of the JSON, from 1
     * @param json UTF-8 JSON, an object; not modified
     * @return an object of the type's current class
     * @throws UnreadableException if the type or version is unknown, or the JSON does not match
     */
    public Object read(String name, int version, byte[] json) throws UnreadableException {
        Binding binding = byName.get(name);
        if (binding != null && binding.type().version() == version) { // older JSON is checked where it becomes a tree
            requireHarmless(binding, json);
        }
        return readBack(name, version, json);
    }

    /**
     * Reads an object from JSON that {@link #write} has just written. Rejects duplicate properties.
     *
     * @param name the stored name of its type
     * @param version the version of the JSON, from 1
     * @param json UTF-8 JSON, an object; not modified
     * @return an object of the type's current class
     * @throws UnreadableException if the type or version is unknown, or the JSON does not match
     */
    public Object readBack(String name, int version, byte[] json) throws UnreadableException {
        return read(name, version, json, true);
    }

    private static void requireHarmless(Binding binding, byte[] json) throws UnreadableException {
        ExactJson.Fault fault = ExactJson.harmfulIn(json);
        if (fault != null) {
            throw refused(fault, binding);
        }
    }

    /**
     * Reads an object from JSON that was read back before it was stored. Does not check for duplicate properties, which would take a
     * considerable part of the time to read an event.
     *
     * @param name the stored name of its type
     * @param version the version of the JSON, from 1
     * @param json UTF-8 JSON, an object; not modified
     * @return an object of the type's current class
     * @throws UnreadableException if the type or version is unknown, or the JSON does not match
     */
    public Object readStored(String name, int version, byte[] json) throws UnreadableException {
        return read(name, version, json, false);
    }

    private Object read(String name, int version, byte[] json, boolean strict) throws UnreadableException {
        Binding binding = byName.get(name);
        boolean present = binding != null && binding.type().version() == version;
        if (!present) {
            binding = older.get(new Key(name, version));
        }
        if (binding == null) {
            throw unknown(name, version);
        }
        try {
            Object value =
                    present ? binding.reader(strict).readValue(json) : readOlder(name, version, json, binding, strict);
            if (value == null) {
                throw new UnreadableException(false, "", "the JSON is null, an object is needed");
            }
            return value;
        } catch (IOException | RuntimeException e) { // the latter for some numbers
            throw unreadable(e, binding.mapper());
        }
    }

    private @Nullable Object readOlder(String name, int version, byte[] json, Binding end, boolean strict)
            throws IOException, UnreadableException {
        requireHarmless(end, json);
        JsonNode tree = end.treeReader(strict).readTree(json);
        if (!(tree instanceof ObjectNode node)) {
            throw new UnreadableException(false, "", "the JSON is not an object");
        }
        Upcast upcaster = upcasters.get(new Key(name, version));
        while (upcaster != null) {
            node = upcast(upcaster, node);
            upcaster = upcasters.get(new Key(upcaster.newType(), upcaster.newVersion()));
        }
        return end.reader(false).readValue(end.mapper().treeAsTokens(node));
    }

    private static ObjectNode upcast(Upcast upcaster, ObjectNode node) throws UnreadableException {
        ObjectNode upcast;
        try {
            upcast = upcaster.change().apply(node);
        } catch (RuntimeException e) {
            // The user's function may quote the data in its message, so only the kind of failure is reported.
            throw new UnreadableException(
                    false,
                    "",
                    "the upcaster of " + upcaster.type() + " version " + upcaster.version() + " failed with "
                            + e.getClass().getName());
        }
        if (upcast == null) {
            throw new UnreadableException(
                    false,
                    "",
                    "the upcaster of " + upcaster.type() + " version " + upcaster.version() + " returned null");
        }
        return upcast;
    }

    private UnreadableException unknown(String name, int version) {
        Binding binding = byName.get(name);
        String reason = binding == null
                ? "no class is registered for it: register one, or add an upcaster"
                : version > binding.type().version()
                        ? "this program knows it up to version "
                                + binding.type().version()
                                + ", and a newer program has written it: upgrade this program"
                        : "the class is at version " + binding.type().version() + " and no upcaster takes version "
                                + version + ": add one";
        return new UnreadableException(true, "", reason);
    }

    /**
     * Reports the location and the kind of failure, never the value: Jackson's own messages quote the JSON. Messages about a class that
     * Jackson cannot handle quote only types.
     */
    private static UnreadableException unreadable(Exception e, ObjectMapper mapper) {
        StringBuilder path = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference reference : mapping.getPath()) {
                if (reference.getFieldName() != null) {
                    path.append(path.isEmpty() ? "" : ".")
                            .append(isProperty(reference, mapper) ? reference.getFieldName() : "*");
                } else {
                    path.append('[').append(reference.getIndex()).append(']');
                }
            }
        }
        String kind = e.getClass().getSimpleName();
        if (e instanceof InvalidDefinitionException definition) {
            kind += " (" + definition.getOriginalMessage() + ")";
        }
        String location = e instanceof JsonProcessingException json && json.getLocation() != null
                ? " at line " + json.getLocation().getLineNr() + ", column "
                        + json.getLocation().getColumnNr()
                : "";
        return new UnreadableException(false, path.toString(), kind + location);
    }

    private static UnreadableException refused(ExactJson.Fault fault, Binding binding) {
        StringBuilder path = new StringBuilder();
        JavaType type = binding.mapper().constructType(binding.type().javaClass());
        for (Object step : fault.path()) {
            if (step instanceof String name) {
                Optional<BeanPropertyDefinition> property = properties(type, binding.mapper())
                        .filter(candidate -> candidate.getName().equals(name))
                        .findFirst();
                path.append(path.isEmpty() ? "" : ".").append(property.isPresent() || isTree(type) ? name : "*");
                type = property.map(BeanPropertyDefinition::getPrimaryType).orElse(type.getContentType());
            } else {
                path.append('[').append(step).append(']');
                type = type.getContentType();
            }
            type = type == null ? TypeFactory.unknownType() : type;
        }
        return new UnreadableException(false, path.toString(), fault.rule());
    }

    /** Returns whether the type is a tree. The names in a tree are part of its structure; the keys of a map are data. */
    private static boolean isTree(JavaType type) {
        return type.isTypeOrSubTypeOf(JsonNode.class) || type.isJavaLangObject();
    }

    private static Stream<BeanPropertyDefinition> properties(JavaType type, ObjectMapper mapper) {
        return Stream.of(
                        mapper.getDeserializationConfig().introspect(type),
                        mapper.getSerializationConfig().introspect(type))
                .flatMap(bean -> bean.findProperties().stream());
    }

    /** Returns whether a name comes from a class and not from the JSON. The key of a map is also data. */
    private static boolean isProperty(JsonMappingException.Reference reference, ObjectMapper mapper) {
        if (reference.getFrom() == null || reference.getFrom() instanceof Map) {
            return false;
        }
        JavaType type = mapper.constructType(
                reference.getFrom() instanceof Class<?> owner
                        ? owner
                        : reference.getFrom().getClass());
        return properties(type, mapper).anyMatch(property -> property.getName().equals(reference.getFieldName()));
    }
}
