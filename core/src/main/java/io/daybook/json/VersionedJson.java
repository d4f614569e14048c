package io.daybook.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
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
     * @param since the oldest version that stored JSON can have; upcasters must lead from it to the current version
     * @param javaClass the class that the JSON is bound to
     * @param mapper the Jackson mapper for this type; copied once for all types that share it
     */
    public record Type(String name, int version, int since, Class<?> javaClass, ObjectMapper mapper) {}

    /**
     * A conversion from one version to the next.
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

        UnreadableException(boolean unknownType, String path, String reason) {
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
    private final UpcastChains upcasters;

    /**
     * Creates a codec for types and their upcasters.
     *
     * @param types the types in their current versions
     * @param upcasters the upcasters, which convert older versions to the next one; in any order
     * @throws IllegalArgumentException if two upcasters have the same input version, an upcaster does not lead to a
     *     current type or its input is a current version, an upcaster is missing, or a mapper is unsafe
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
        this.upcasters = new UpcastChains(types, upcasters);
    }

    private static ObjectReader strict(ObjectReader reader) {
        return reader.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
    }

    /**
     * Rejects a mapper that lets JSON choose the classes to create, or that writes invalid JSON.
     *
     * @param mapper the application's mapper
     * @return the mapper
     * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or writes
     *     {@code NaN} as a number
     */
    public static ObjectMapper requireSafe(ObjectMapper mapper) {
        if (mapper.getDeserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException(
                    "the ObjectMapper has default typing enabled, which lets stored JSON create any class: disable it");
        }
        JsonFactory factory = mapper.getFactory();
        if (!factory.isEnabled(JsonWriteFeature.QUOTE_FIELD_NAMES.mappedFeature())
                || !factory.isEnabled(JsonWriteFeature.WRITE_NAN_AS_STRINGS.mappedFeature())) {
            throw new IllegalArgumentException(
                    "the ObjectMapper writes text that is not JSON, which databases reject or alter: enable QUOTE_FIELD_NAMES and WRITE_NAN_AS_STRINGS");
        }
        return mapper;
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
            throw FaultPath.unreadable(e, binding.mapper());
        }
        ExactJson.Fault fault = ExactJson.alteredIn(json);
        if (fault != null) {
            throw FaultPath.refused(fault, binding.type(), binding.mapper());
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
            throw FaultPath.unreadable(e, binding.mapper());
        }
    }

    /**
     * Reads an object from untrusted JSON. Rejects duplicate properties and the faults that {@link ExactJson#harmfulIn}
     * finds.
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
            throw FaultPath.refused(fault, binding.type(), binding.mapper());
        }
    }

    /**
     * Reads an object from JSON that was read back before it was stored. Does not check for duplicate properties,
     * because that check would take a considerable part of the time needed to read an event.
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
            binding = upcasters.endOf(name, version).map(byName::get).orElse(null);
        }
        if (binding == null) {
            throw unknown(name, version);
        }
        try {
            Object value =
                    present ? binding.reader(strict).readValue(json) : readOlder(name, version, json, binding, strict);
            if (value == null) {
                throw new UnreadableException(false, "", "the JSON is null instead of an object");
            }
            return value;
        } catch (IOException | RuntimeException e) { // the latter for some numbers
            throw FaultPath.unreadable(e, binding.mapper());
        }
    }

    private @Nullable Object readOlder(String name, int version, byte[] json, Binding end, boolean strict)
            throws IOException, UnreadableException {
        requireHarmless(end, json);
        JsonNode tree = end.treeReader(strict).readTree(json);
        if (!(tree instanceof ObjectNode node)) {
            throw new UnreadableException(false, "", "the JSON is not an object");
        }
        return end.reader(false).readValue(end.mapper().treeAsTokens(upcasters.upcast(name, version, node)));
    }

    private UnreadableException unknown(String name, int version) {
        Binding binding = byName.get(name);
        String reason = binding == null
                ? "no class is registered for it: register one, or add an upcaster"
                : version > binding.type().version()
                        ? "this program knows it up to version "
                                + binding.type().version()
                                + ", and the data was written by a newer version of the program: upgrade this program"
                        : "the class is at version " + binding.type().version() + " and no upcaster converts version "
                                + version + ": add one";
        return new UnreadableException(true, "", reason);
    }
}
